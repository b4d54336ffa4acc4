package series

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/toml"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/schedule"
	"github.com/howdah/howdah/internal/tree"
)

var (
	changeKeys = []string{"name", "why", "edit", "patch", "pull", "commit", "overlay", "over", "landed", "required",
		"for", "from", "until", "allow"}
	editKeys    = []string{"file", "find", "match", "replace", "count"}
	overlayKeys = []string{"repository", "commit", "files", "sha256"}
	kinds       = []Kind{KindEdit, KindPatch, KindPull, KindOverlay, KindLanded}
)

// MaxName is how many characters a change's name may have: it is the name of a file as well.
const MaxName = 64

var (
	nameForm = regexp.MustCompile(fmt.Sprintf(`^[a-z0-9-]{1,%d}$`, MaxName))
	// undecided matches a comment that an import wrote about something that a person has to decide: a line of a
	// script, or a patch.
	undecided = regexp.MustCompile(`(?m)^# (?:line [0-9]+|left out: .+): .*\n#     .*\n?`)
	// waiting matches the entry below such a comment: that of a patch that waits for a person's word.
	waiting = regexp.MustCompile(`(?m)\A(?:# .*\n)*?# patch\s*= "(.+)"$`)
	sumForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// comments finds what imports left for a person to decide. An entry that waits in a comment names a patch of the
// folder; without its # it is decided.
func (l *loader) comments(data []byte) {
	for _, at := range undecided.FindAllIndex(data, -1) {
		below := data[at[1]:]
		if bytes.HasPrefix(below, []byte("[[change]]")) {
			continue
		}
		l.series.Undecided = append(l.series.Undecided,
			fmt.Sprintf("%s:%d", l.at(seriesFile), 1+bytes.Count(data[:at[0]], []byte("\n"))))
		if bytes.HasPrefix(below, []byte("# [[change]]")) {
			if m := waiting.FindSubmatch(below); m != nil {
				l.named[string(m[1])] = true
			}
		}
	}
}

// toml reads series.toml. It reports whether it got as far as the names of the patches and overlays; if not, strays
// cannot be checked.
func (l *loader) toml() bool {
	data, refused := l.file(seriesFile)
	if refused != nil {
		l.errs = append(l.errs, refused)
		return false
	}
	l.comments(data)
	root, err := parseTOML(l.at(seriesFile), data)
	if err != nil {
		l.errs = append(l.errs, err)
		return false
	}
	l.checkKeys(root, "at the head of the file", []string{"change"})
	changes := root.Get("change")
	if changes == nil {
		return true
	}
	if changes.Value.Kind != toml.Array ||
		slices.ContainsFunc(changes.Value.List, func(v *toml.Value) bool { return v.Kind != toml.Table }) {
		l.wrong(changes.Line, "%q is not a list of tables", "change").Hint = fault.Hintf("write [[change]] above each")
		return false
	}
	for _, v := range changes.Value.List {
		if c := l.change(v); c != nil {
			l.series.Changes = append(l.series.Changes, c)
		}
	}
	return true
}

// wrong records an error in series.toml, and returns it so that the caller can add a hint.
func (l *loader) wrong(line int, format string, args ...any) *fault.Error {
	return l.fail(seriesFile, line, format, args...)
}

// checkKeys records an error for each key of a table that is not in names. It returns the names that they were most
// likely meant to be: that these are missing is no second error.
func (l *loader) checkKeys(t *toml.Value, where string, names []string) (meant []string) {
	for _, k := range t.Keys {
		if slices.Contains(names, k.Name) {
			continue
		}
		l.wrong(k.Line, "unknown key %q %s", k.Name, where).Hint = nearest.Hint(k.Name, names, "known here")
		meant = append(meant, nearest.Name(k.Name, names))
	}
	return meant
}

// change reads one entry. If the entry has an error, it records the error and returns nil.
func (l *loader) change(t *toml.Value) *Change {
	before := len(l.errs)
	c := &Change{File: l.at(seriesFile), Line: t.Line, Required: true, granted: l.granted}
	meant := l.checkKeys(t, "in a change", changeKeys)
	if k := t.Get("name"); k == nil && !slices.Contains(meant, "name") {
		l.wrong(t.Line, "a change has no name")
	} else if k != nil {
		c.Name, c.Line = l.text(k), k.Line
		if k.Value.Kind == toml.String && !nameForm.MatchString(c.Name) {
			l.wrong(k.Line, badName, c.Name, MaxName).Hint = fault.Hintf(nameHint)
		}
	}
	c.Why = l.optional(t, "why")
	if k := t.Get("required"); k != nil {
		c.Required = l.boolean(k)
	}
	l.days(t, c)
	if k := t.Get("for"); k != nil {
		v, err := l.used.versions(l.text(k))
		if err != nil && k.Value.Kind == toml.String {
			l.wrong(k.Line, "reading %q: %v", "for", err).Hint = fault.Hintf("for example: for = %q", ">= 4.5, < 4.7")
		}
		c.For = v
	}
	if k := t.Get("allow"); k != nil {
		for _, v := range l.texts(k) {
			if !slices.Contains(safety.Guarded(), v.Text) {
				l.wrong(v.Line, "%q is not something that allow can list", v.Text).
					Hint = fault.Hintf("known here: %s", strings.Join(safety.Guarded(), ", "))
			}
			c.Allow = append(c.Allow, v.Text)
		}
		slices.Sort(c.Allow)
	}
	if !slices.ContainsFunc(kinds, func(k Kind) bool { return slices.Contains(meant, string(k)) }) {
		l.kind(t, c)
	}
	if len(l.errs) > before {
		return nil
	}
	c.Sum = c.Digest()
	return c
}

// kind reads the key that says what the change does: edit, patch, pull, overlay or landed.
func (l *loader) kind(t *toml.Value, c *Change) {
	var found []string
	for _, k := range kinds {
		if t.Get(string(k)) != nil {
			found, c.Kind = append(found, string(k)), k
		}
	}
	if len(found) != 1 {
		what := "nothing to do"
		if len(found) > 1 {
			what = "more than one of " + strings.Join(found, ", ")
		}
		l.wrong(c.Line, "change %q has %s", c.Name, what).
			Hint = fault.Hintf("it takes one of edit, patch, pull, overlay, landed")
		return
	}
	k := t.Get(found[0])
	if commit := t.Get("commit"); c.Kind == KindPull || c.Kind == KindLanded {
		c.Commit = l.commit(commit, k.Line, found[0])
	} else if commit != nil {
		l.wrong(commit.Line, "%q has no effect together with %q", "commit", found[0])
	}
	if over := t.Get("over"); over != nil && c.Kind != KindOverlay {
		l.wrong(over.Line, "%q has no effect together with %q", "over", found[0])
	}
	switch c.Kind {
	case KindEdit:
		l.edits(k, c)
	case KindPatch:
		l.patch(k, c)
	case KindPull:
		c.Pull = l.pull(k)
	case KindLanded:
		c.Landed = l.pull(k)
	case KindOverlay:
		l.overlay(k, t.Get("over"), c)
	}
}

func (l *loader) pull(k *toml.Key) string {
	s := l.text(k)
	if _, err := pullref.Parse(s); k.Value.Kind == toml.String && err != nil {
		l.wrong(k.Line, "%q is not of the form owner/repository#N", s)
	}
	return s
}

func (l *loader) commit(k *toml.Key, line int, kind string) tree.ID {
	if k == nil {
		l.wrong(line, "%q has no commit", kind).Hint = fault.Hintf("commit = \"…\", the 40 hex digits of what was reviewed")
		return ""
	}
	id := tree.ID(l.text(k))
	switch {
	case k.Value.Kind != toml.String:
	case !id.Valid():
		l.wrong(k.Line, "commit %q is not 40 hex digits in small letters", id)
	case strings.Trim(string(id), "0") == "":
		l.wrong(k.Line, "commit %q is not a commit", id)
	}
	return id
}

func (l *loader) days(t *toml.Value, c *Change) {
	read := func(name string) (d schedule.Day, line int) {
		k := t.Get(name)
		if k == nil {
			return schedule.Day{}, 0
		}
		s := k.Value.Text
		if k.Value.Kind != toml.LocalDate {
			s = l.text(k)
		}
		d, err := schedule.ParseDay(s)
		if err != nil && (k.Value.Kind == toml.String || k.Value.Kind == toml.LocalDate) {
			l.wrong(k.Line, "reading %q: %v", name, err).Hint = fault.Hintf("write it as 06-01 for every year, or as 2026-06-01")
		}
		return d, k.Line
	}
	from, first := read("from")
	until, last := read("until")
	switch c.Window = (schedule.Window{From: from, Until: until}); {
	case first == 0 && last == 0:
	case first == 0:
		l.wrong(last, "%q without %q", "until", "from")
	case last == 0:
		l.wrong(first, "%q without %q", "from", "until")
	case from.IsZero() || until.IsZero():
	case (from.Year == 0) != (until.Year == 0):
		l.wrong(last, "from = %q is for %s, until = %q for %s; both must be the same", from, years(from), until, years(until))
	case from.Year != 0 && until.Before(from):
		l.wrong(last, "until = %q is before from = %q", until, from)
	}
}

func years(d schedule.Day) string {
	if d.Year == 0 {
		return "every year"
	}
	return "one year"
}

// text returns a string's content. For any other value it records an error and returns "".
func (l *loader) text(k *toml.Key) string {
	if k.Value.Kind != toml.String {
		l.wrong(k.Line, "%q is not a string", k.Name)
		return ""
	}
	return k.Value.Text
}

func (l *loader) optional(t *toml.Value, name string) string {
	if k := t.Get(name); k != nil {
		return l.text(k)
	}
	return ""
}

func (l *loader) boolean(k *toml.Key) bool {
	if k.Value.Kind != toml.Bool {
		l.wrong(k.Line, "%q is not true or false", k.Name)
	}
	return k.Value.Text == "true"
}

func (l *loader) count(k *toml.Key) int {
	n, err := strconv.Atoi(k.Value.Text)
	if k.Value.Kind != toml.Integer || err != nil || n < 1 {
		l.wrong(k.Line, "%q is not a number from 1 on", k.Name)
		return 1
	}
	if n > MaxCount {
		l.wrong(k.Line, "%q is %d, at most %d matches are allowed", k.Name, n, MaxCount)
	}
	return n
}

func (l *loader) texts(k *toml.Key) []*toml.Value {
	if k.Value.Kind != toml.Array ||
		slices.ContainsFunc(k.Value.List, func(v *toml.Value) bool { return v.Kind != toml.String }) {
		l.wrong(k.Line, "%q is not a list of strings", k.Name)
		return nil
	}
	return k.Value.List
}
