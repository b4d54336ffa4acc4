// Package coreutils computes what the text programs print through which scripts pipe: head, tail, cut, sort, tr and
// their like. Texts go in, a text comes out; no program is run and no file is read. A call whose result differs between
// machines, or whose options are not here, is not parsed.
package coreutils

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Filter is a call of one of the programs.
type Filter struct {
	Files []string // its operands; none, and "-", is the standard input
	// Run makes its output of the operands' texts. It reports false where the texts decide that the output is not certain.
	Run func(texts [][]byte) ([]byte, bool)
}

// parsers are the programs, by name.
var parsers = map[string]func(*arguments) (Filter, bool){
	"head": head, "tail": tail, "tac": tac, "rev": rev, "cut": cut, "tr": tr, "sort": sorted, "uniq": uniq, "wc": wc,
	"cat": cat, "base64": encoding,
}

// Parse reads a call. It reports false where the result is not certain.
func Parse(name string, args []string) (Filter, bool) {
	parse := parsers[name]
	if parse == nil {
		return Filter{}, false
	}
	return parse(&arguments{list: args})
}

// arguments reads a call's options one by one.
type arguments struct {
	list  []string
	rest  []string // operands
	short string   // options of one word that are still to be read
}

// option returns the next option: a letter or a long name. "" is the end.
func (a *arguments) option() string {
	if a.short != "" {
		o := a.short[:1]
		a.short = a.short[1:]
		return o
	}
	for len(a.list) > 0 {
		s := a.list[0]
		a.list = a.list[1:]
		switch {
		case s == "--":
			a.rest, a.list = append(a.rest, a.list...), nil
			return ""
		case strings.HasPrefix(s, "--"):
			name, value, has := strings.Cut(s[2:], "=")
			if has {
				a.list = append([]string{value}, a.list...)
			}
			return name
		case len(s) > 1 && s[0] == '-':
			a.short = s[1:]
			return a.option()
		}
		a.rest = append(a.rest, s)
	}
	return ""
}

// value is the value of the option that was read last.
func (a *arguments) value() string {
	if s := a.short; s != "" {
		a.short = ""
		return s
	}
	if len(a.list) == 0 {
		return ""
	}
	s := a.list[0]
	a.list = a.list[1:]
	return s
}

// joined is all texts as one.
func joined(texts [][]byte) []byte { return bytes.Join(texts, nil) }

// each returns a filter that works on all its texts as one.
func (a *arguments) each(fn func([]byte) []byte) (Filter, bool) {
	return Filter{a.rest, func(texts [][]byte) ([]byte, bool) { return fn(joined(texts)), true }}, true
}

// lines are a text's lines with their ends; the last may have none.
func lines(text []byte) [][]byte {
	all := bytes.SplitAfter(text, []byte("\n"))
	if len(all[len(all)-1]) == 0 {
		all = all[:len(all)-1]
	}
	return all
}

// ended is a line with its end.
func ended(line []byte) []byte {
	if bytes.HasSuffix(line, []byte("\n")) {
		return line
	}
	return append(bytes.Clone(line), '\n')
}

func cat(a *arguments) (Filter, bool) {
	numbers := false
	for o := a.option(); o != ""; o = a.option() {
		switch o {
		case "n", "number":
			numbers = true
		case "u":
		default:
			return Filter{}, false
		}
	}
	return a.each(func(text []byte) []byte {
		if !numbers {
			return text
		}
		var out []byte
		for i, line := range lines(text) {
			out = append(fmt.Appendf(out, "%6d\t", i+1), line...)
		}
		return out
	})
}

// wc counts lines, words and bytes of one text.
func wc(a *arguments) (Filter, bool) {
	kind := ""
	for o := a.option(); o != ""; o = a.option() {
		kind += o
	}
	if len(a.rest) > 1 || kind != "l" && kind != "lines" && kind != "c" && kind != "bytes" && kind != "w" {
		return Filter{}, false
	}
	name := ""
	if len(a.rest) == 1 && a.rest[0] != "-" {
		name = " " + a.rest[0]
	}
	return Filter{a.rest, func(texts [][]byte) ([]byte, bool) {
		text := joined(texts)
		n := len(text)
		switch kind[0] {
		case 'l':
			n = bytes.Count(text, []byte("\n"))
		case 'w':
			n = len(bytes.Fields(text))
			if bytes.ContainsFunc(text, inDoubt) {
				return nil, false
			}
		}
		return fmt.Appendf(nil, "%d%s\n", n, name), true
	}}, true
}

// inDoubt reports whether the locale, or the version of wc, decides if a character belongs to a word.
func inDoubt(r rune) bool { return r >= 0x7f || r < ' ' && !unicode.IsSpace(r) }

// encoding is base64.
func encoding(a *arguments) (Filter, bool) {
	decode, width := false, 76
	for o := a.option(); o != ""; o = a.option() {
		switch o {
		case "d", "D", "decode":
			decode = true
		case "w", "wrap":
			n, err := strconv.Atoi(a.value())
			if err != nil || n < 0 {
				return Filter{}, false
			}
			width = n
		default:
			return Filter{}, false
		}
	}
	return Filter{a.rest, func(texts [][]byte) ([]byte, bool) {
		text := joined(texts)
		if decode {
			out, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
			return out, err == nil
		}
		code := base64.StdEncoding.EncodeToString(text)
		var out []byte
		for ; width > 0 && len(code) > width; code = code[width:] {
			out = append(append(out, code[:width]...), '\n')
		}
		if out = append(out, code...); width > 0 && len(code) > 0 {
			out = append(out, '\n')
		}
		return out, true
	}}, true
}

// rev turns lines around. What it makes of letters outside of ASCII is the locale's.
func rev(a *arguments) (Filter, bool) {
	if a.option() != "" {
		return Filter{}, false
	}
	return Filter{a.rest, func(texts [][]byte) ([]byte, bool) {
		var out []byte
		for _, line := range lines(joined(texts)) {
			body := bytes.Clone(bytes.TrimSuffix(line, []byte("\n")))
			for _, c := range body {
				if c >= utf8.RuneSelf || c == 0 { // some versions end a line at a zero
					return nil, false
				}
			}
			slices.Reverse(body)
			out = append(append(out, body...), line[len(body):]...)
		}
		return out, true
	}}, true
}
