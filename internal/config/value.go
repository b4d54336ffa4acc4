package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/pelletier/go-toml/v2"
)

// value is the value of a key: a text, list or table, depending on the key's form.
type value struct {
	place
	base  string // the folder that relative paths start from
	key   Key
	text  string
	list  []string
	lines []int // of list's items
	table map[string]string
	none  bool
}

// placeholder matches the one of the documentation's commands; account the one of its addresses, and of howdah.toml's
// template, ghcr.io/you.
var (
	placeholder = regexp.MustCompile(`(?:^|[^A-Za-z0-9_])(OWNER)(?:$|[^A-Za-z0-9_])`)
	account     = regexp.MustCompile(`^(?:[a-z]+://)?[^/]+/(you)(?:/|$)`)
)

// unfilled reports a text that has a placeholder in place of somebody's own account.
func (l *loader) unfilled(v value, text string) bool {
	found := placeholder.FindStringSubmatch(text)
	if table, _, _ := strings.Cut(v.key.Path, "."); found == nil && (table == "publish" || table == "source") {
		found = account.FindStringSubmatch(text)
	}
	if found == nil {
		return false
	}
	l.fail(v.fault("%q still has the placeholder %s", text, found[1]).WithHint("write your own account there, in small " +
		"letters"))
	return true
}

func (v value) fault(format string, args ...any) *fault.Error {
	return fault.New(fault.Usage, format, args...).At(v.file, v.line)
}

// item returns the i-th item of a list, with its own line.
func (v value) item(i int) value {
	v.text = v.list[i]
	if i < len(v.lines) && v.lines[i] > 0 {
		v.line = v.lines[i]
	}
	return v
}

// example returns an example of a form.
func example(form Form) string {
	switch form {
	case formList:
		return `["a", "b"]`
	case formBool:
		return "true"
	case formNumber:
		return "5050"
	case formDuration:
		return `"6h"`
	case formSize:
		return `"30GB"`
	case formTable:
		return `{ "a" = "b" }`
	}
	return `"a"`
}

// fromFile checks that a TOML value has the key's form, and returns it.
func (l *loader) fromFile(key Key, leaf leaf, at place) (value, *fault.Error) {
	v := value{place: at, base: l.c.Root, key: key}
	wrong := func(what string) *fault.Error {
		_, name := split(key.Path)
		return v.fault("%q is %s, not %s", key.Path, what, article(key.Form)).
			WithHint("write it so: %s = %s", name, example(key.Form))
	}
	switch x := leaf.value.(type) {
	case string:
		if key.Form == formList || key.Form == formTable || key.Form == formBool || key.Form == formNumber {
			return v, wrong("a text")
		}
		if x == "" {
			return v, v.fault("%q is empty", key.Path).WithHint("remove the line, or give it a value")
		}
		v.text, v.none = x, x == "none" && key.Default == "none"
	case bool:
		if key.Form != formBool {
			return v, wrong("true or false")
		}
		v.text = strconv.FormatBool(x)
	case int64:
		if key.Form != formNumber {
			return v, wrong("a number")
		}
		v.text = strconv.FormatInt(x, 10)
	case []any:
		if key.Form != formList {
			return v, wrong("a list")
		}
		v.none = len(x) == 0
		for i, element := range x {
			s, ok := element.(string)
			line := l.doc.line(fmt.Sprintf("%s[%d]", leaf.path, i))
			if !ok || s == "" {
				return v, fault.New(fault.Usage, "element %d of %q is not a text", i+1, key.Path).At(at.file, line).
					WithHint(`write each so: "a"`)
			}
			v.list, v.lines = append(v.list, s), append(v.lines, line)
		}
	case map[string]any:
		if key.Form != formTable && key.Form != formTextOrTable {
			return v, wrong("a table")
		}
		v.table = map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(x)) {
			s, ok := x[name].(string)
			if !ok || s == "" && key.Path != "build.args" { // an empty argument overrides a default
				return v, fault.New(fault.Usage, "%q of %q is not a text", name, key.Path).
					At(at.file, l.doc.line(leaf.path+"."+name)).WithHint("write each so: %q = %q", name, "b")
			}
			v.table[name] = s
		}
	case time.Time, toml.LocalDate, toml.LocalDateTime, toml.LocalTime:
		return v, wrong("a date")
	case float64:
		return v, wrong("a number with a decimal point")
	default:
		return v, wrong("something else")
	}
	if err := checkCharacters(v); err != nil {
		return v, err
	}
	return v, nil
}

func article(form Form) string {
	switch form {
	case formBool:
		return string(form)
	case formTextOrTable:
		return "a text or a table"
	case formNumber:
		return "a whole number"
	}
	return "a " + string(form)
}

// checkCharacters returns an error for control characters, which no setting needs and which an error or a log would
// have to hide.
func checkCharacters(v value) *fault.Error {
	for _, s := range slices.Concat([]string{v.text}, v.list, slices.Sorted(maps.Keys(v.table)),
		slices.Sorted(maps.Values(v.table))) {
		if strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
			return v.fault("%q holds a control or invisible character: %+q", v.key.Path, s).WithHint("type the value again")
		}
		if strings.TrimSpace(s) != s {
			return v.fault("%q has a space at its end or beginning: %q", v.key.Path, s).WithHint("remove it")
		}
	}
	return nil
}

// fromEnv parses a variable's text.
func (l *loader) fromEnv(key Key, name, text string) (value, *fault.Error) {
	v := value{place: place{file: name}, base: l.work, key: key}
	if text == "none" {
		v.none = true
		return v, nil
	}
	switch key.Form {
	case formList:
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part == "" {
				return v, v.fault("%q has an empty item", text).WithHint("separate items with single commas: a,b")
			}
			v.list = append(v.list, part)
		}
	case formBool:
		switch strings.ToLower(text) {
		case "true", "1", "yes", "on":
			v.text = "true"
		case "false", "0", "no", "off":
			v.text = "false"
		default:
			return v, v.fault("expected true or false, found %q", text).WithHint("write true, or false")
		}
	case formTextOrTable:
		if !strings.Contains(text, "=") {
			v.text = text
			break
		}
		fallthrough
	case formTable:
		v.table = map[string]string{}
		for part := range strings.SplitSeq(text, ",") {
			name, what, ok := strings.Cut(strings.TrimSpace(part), "=")
			if !ok || name == "" || what == "" && key.Path != "build.args" { // an empty argument overrides a default
				return v, v.fault("%q is not of the form NAME=VALUE", part).WithHint("separate items with commas: a=b,c=d")
			}
			if _, twice := v.table[name]; twice {
				return v, v.fault("%q is given twice", name).WithHint("keep one")
			}
			v.table[name] = what
		}
	default:
		v.text = text
	}
	if err := checkCharacters(v); err != nil {
		return v, err
	}
	return v, nil
}

// fromDefault parses Key.Default, so that the documented default is the real one.
func (l *loader) fromDefault(key Key) (value, *fault.Error) {
	v := value{place: place{file: l.c.File}, base: l.c.Root, key: key, text: key.Default}
	if key.Form == formList {
		v.text = ""
		var d struct{ V []string }
		if err := toml.Unmarshal([]byte("V = "+key.Default), &d); err != nil {
			return v, v.fault("reading the default of %q: %w", key.Path, err)
		}
		v.list = d.V
	}
	return v, nil
}

const maxDuration = 366 * 24 * time.Hour

var durationPart = regexp.MustCompile(`^([0-9]{1,6})(w|d|h|m|s)`)

// parseDuration parses "6h", "7d", "1w2d", "90m".
func parseDuration(s string) (time.Duration, error) {
	units := map[string]time.Duration{"w": 7 * 24 * time.Hour, "d": 24 * time.Hour, "h": time.Hour, "m": time.Minute,
		"s": time.Second}
	var sum time.Duration
	for rest := s; rest != "" || s == ""; {
		m := durationPart.FindStringSubmatch(rest)
		if m == nil {
			return 0, fault.New(fault.Usage, "%q is not a duration", s).WithHint("such as 6h, 7d or 90m")
		}
		n, _ := strconv.Atoi(m[1])
		sum += time.Duration(n) * units[m[2]]
		rest = rest[len(m[0]):]
	}
	if sum <= 0 || sum > maxDuration {
		return 0, fault.New(fault.Usage, "the duration %q is not between 1s and 366d", s).
			WithHint("such as 6h, 7d or 90m")
	}
	return sum, nil
}

func (l *loader) duration(v value) time.Duration {
	d, err := parseDuration(v.text)
	l.check(v, err)
	return d
}

// check adds the place of v to an error without one, and records it.
func (l *loader) check(v value, err error) {
	if err == nil {
		return
	}
	l.fail(fault.New(fault.Usage, "%w", err).At(v.file, v.line))
}

// path returns a value as a file or folder, which need not exist.
func (l *loader) path(v value) Path {
	abs := v.text
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(v.base, abs)
	}
	abs = filepath.Clean(abs)
	return Path{Name: l.shown(abs), Abs: abs}
}

// shown returns a path for messages: relative to the working folder if that is shorter.
func (l *loader) shown(abs string) string {
	if rel, err := filepath.Rel(l.work, abs); err == nil && len(rel) < len(abs) {
		return rel
	}
	return abs
}
