package sed

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Op is one command of a sed script.
type Op struct {
	from, to *address
	not      bool
	name     byte // s d a i c
	pattern  string
	find     *regexp.Regexp
	with     string // for s: as regexp.Expand takes it; for a, i, c: the text
	global   bool
	text     string // as it was written
}

// address picks lines.
type address struct {
	line int // 0: by pattern; -1: the last
	re   *regexp.Regexp
	src  string // of re, in RE2's form
}

// String gives the command as it was written.
func (o Op) String() string { return o.text }

// parseOps reads a sed script.
func parseOps(script string, extended bool) ([]Op, error) {
	p := &opParser{in: script, extended: extended}
	var ops []Op
	for {
		p.skip(" \t\n;")
		if p.at >= len(p.in) {
			return ops, nil
		}
		if p.in[p.at] == '#' {
			p.until("\n")
			continue
		}
		start := p.at
		o, err := p.op()
		if err != nil {
			return nil, err
		}
		o.text = strings.TrimSpace(p.in[start:p.at])
		ops = append(ops, o)
	}
}

type opParser struct {
	in       string
	at       int
	extended bool
}

func (p *opParser) skip(set string) {
	for p.at < len(p.in) && strings.IndexByte(set, p.in[p.at]) >= 0 {
		p.at++
	}
}

func (p *opParser) until(set string) string {
	start := p.at
	for p.at < len(p.in) && strings.IndexByte(set, p.in[p.at]) < 0 {
		p.at++
	}
	return p.in[start:p.at]
}

func (p *opParser) op() (o Op, err error) {
	if o.from, err = p.address(); err != nil {
		return o, err
	}
	if p.skip(" \t"); o.from != nil && p.at < len(p.in) && p.in[p.at] == ',' {
		p.at++
		p.skip(" \t")
		if o.to, err = p.address(); err != nil {
			return o, err
		}
		if o.to == nil {
			return o, fmt.Errorf("the address behind the comma in %q", p.in)
		}
	}
	for p.skip(" \t"); p.at < len(p.in) && p.in[p.at] == '!'; p.at++ {
		o.not = true
	}
	if p.skip(" \t"); p.at >= len(p.in) {
		return o, fmt.Errorf("no command in %q", p.in)
	}
	o.name = p.in[p.at]
	p.at++
	switch o.name {
	case 's':
		return o, p.substitute(&o)
	case 'd':
		if p.skip(" \t"); p.at < len(p.in) && strings.IndexByte(";\n}#", p.in[p.at]) < 0 {
			return o, fmt.Errorf("text behind d in %q", p.in)
		}
		return o, nil
	case 'a', 'i', 'c':
		p.skip(" \t")
		if p.at < len(p.in) && p.in[p.at] == '\\' {
			p.at++
			p.skip(" \t")
			if p.at < len(p.in) && p.in[p.at] == '\n' {
				p.at++
			}
		}
		o.with = p.addition()
		return o, nil
	}
	return o, fmt.Errorf("the command %q of sed", o.name)
}

// addition reads the text of a, i or c: to the end of the line, and on behind a backslash.
func (p *opParser) addition() string {
	var b strings.Builder
	for p.at < len(p.in) && p.in[p.at] != '\n' {
		if p.in[p.at] == '\\' && p.at+1 < len(p.in) {
			p.at++
			switch p.in[p.at] {
			case 't':
				b.WriteByte('\t')
			case 'n':
				b.WriteByte('\n')
			default:
				b.WriteByte(p.in[p.at])
			}
			p.at++
			continue
		}
		b.WriteByte(p.in[p.at])
		p.at++
	}
	return b.String()
}

func (p *opParser) address() (*address, error) {
	if p.at >= len(p.in) {
		return nil, nil
	}
	switch c := p.in[p.at]; {
	case c == '$':
		p.at++
		return &address{line: -1}, nil
	case c >= '0' && c <= '9':
		start := p.at
		p.skip("0123456789")
		n, err := strconv.Atoi(p.in[start:p.at])
		if err != nil || n == 0 || p.at < len(p.in) && p.in[p.at] == '~' {
			return nil, fmt.Errorf("the address %q", p.in[start:])
		}
		return &address{line: n}, nil
	case c == '/' || c == '\\' && p.at+1 < len(p.in):
		if c == '\\' {
			p.at++
		}
		delimiter := p.in[p.at]
		p.at++
		raw, err := p.delimited(delimiter)
		if err != nil {
			return nil, err
		}
		src, err := translate(raw, p.extended)
		if err != nil {
			return nil, err
		}
		if p.at < len(p.in) && p.in[p.at] == 'I' {
			p.at++
			src = "(?i)" + src
		}
		re, err := regexp.Compile(src)
		if err != nil {
			return nil, fmt.Errorf("the expression %q", raw)
		}
		return &address{re: re, src: src}, nil
	}
	return nil, nil
}

// delimited reads up to an unescaped delimiter; an escaped one is itself.
func (p *opParser) delimited(delimiter byte) (string, error) {
	var b strings.Builder
	class := false
	for p.at < len(p.in) {
		c := p.in[p.at]
		switch {
		case c == '\\' && p.at+1 < len(p.in):
			if next := p.in[p.at+1]; next == delimiter {
				b.WriteByte(next)
			} else {
				b.WriteString(p.in[p.at : p.at+2])
			}
			p.at += 2
			continue
		case c == delimiter && !class:
			p.at++
			return b.String(), nil
		case c == '[':
			class = class || strings.Contains(p.in[p.at:], "]") && delimiter != '['
		case c == ']':
			class = false
		case c == '\n':
			return "", fmt.Errorf("a line ends within %q", p.in)
		}
		b.WriteByte(c)
		p.at++
	}
	return "", fmt.Errorf("%q is not closed", p.in)
}

func (p *opParser) substitute(o *Op) error {
	if p.at >= len(p.in) || p.in[p.at] == '\\' || p.in[p.at] == '\n' {
		return fmt.Errorf("the command %q", p.in)
	}
	delimiter := p.in[p.at]
	p.at++
	raw, err := p.delimited(delimiter)
	if err != nil {
		return err
	}
	start := p.at
	with, err := p.delimited(delimiter)
	if err != nil {
		p.at = start
		return err
	}
	src, err := translate(raw, p.extended)
	if err != nil {
		return err
	}
	for p.at < len(p.in) && strings.IndexByte(" \t;\n}#", p.in[p.at]) < 0 {
		switch p.in[p.at] {
		case 'g':
			o.global = true
		case 'i', 'I':
			src = "(?i)" + src
		default:
			return fmt.Errorf("the flag %q of s", p.in[p.at])
		}
		p.at++
	}
	if raw == "" {
		return fmt.Errorf("an empty expression in %q, which stands for the last one", p.in)
	}
	if o.find, err = regexp.Compile(src); err != nil {
		return fmt.Errorf("the expression %q", raw)
	}
	o.find.Longest() // as POSIX has it
	o.pattern = src
	o.with, err = expansion(with)
	return err
}

// Apply makes of a file what sed would, and counts the lines or matches that it touches.
func (o Op) Apply(data []byte) (out []byte, touched int) {
	lines := bytes.SplitAfter(data, []byte("\n"))
	if n := len(lines) - 1; n >= 0 && len(lines[n]) == 0 {
		lines = lines[:n]
	}
	inside := false
	for i, line := range lines {
		text := bytes.TrimSuffix(line, []byte("\n"))
		end := line[len(text):]
		if picked := o.picks(i, len(lines), text, &inside); picked == o.not {
			out = append(out, line...)
			continue
		}
		switch o.name {
		case 's':
			n := 0
			if text, n = o.replace(text); n > 0 {
				touched += n
			}
			out = append(append(out, text...), end...)
		case 'd':
			touched++
		case 'a':
			touched++
			out = append(append(append(append(out, text...), '\n'), o.with...), '\n')
		case 'i':
			touched++
			out = append(append(append(append(out, o.with...), '\n'), text...), end...)
		case 'c':
			touched++
			if o.to == nil || !inside {
				out = append(append(out, o.with...), '\n')
			}
		}
	}
	return out, touched
}

// picks says whether the addresses pick line i of n.
func (o Op) picks(i, n int, text []byte, inside *bool) bool {
	if o.from == nil {
		return true
	}
	if o.to == nil {
		return o.from.is(i, n, text)
	}
	if !*inside {
		if !o.from.is(i, n, text) {
			return false
		}
		*inside = o.to.re != nil || o.to.line < 0 && i < n-1 || o.to.line > i+1
		return true
	}
	if o.to.is(i, n, text) || o.to.re == nil && o.to.line > 0 && i+1 >= o.to.line {
		*inside = false
	}
	return true
}

func (a *address) is(i, n int, text []byte) bool {
	switch {
	case a.re != nil:
		return a.re.Match(text)
	case a.line < 0:
		return i == n-1
	}
	return i+1 == a.line
}

// replace substitutes in one line.
func (o Op) replace(text []byte) ([]byte, int) {
	spans := o.find.FindAllSubmatchIndex(text, -1)
	if !o.global && len(spans) > 1 {
		spans = spans[:1]
	}
	var out []byte
	at := 0
	for _, s := range spans {
		out = append(out, text[at:s[0]]...)
		out = o.find.Expand(out, []byte(o.with), text, s)
		at = s[1]
	}
	return append(out, text[at:]...), len(spans)
}
