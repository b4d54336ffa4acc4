package script

import (
	"bytes"
	"strings"

	"mvdan.cc/sh/v3/expand"
)

// printed prints a text, or notes that it is not known.
func (m *machine) printed(c *call, s string) status {
	if w := c.first(); w != nil && m.out != nil {
		if w.why != "" || !startsMarked(w.s) {
			m.out.why = w.doubt()
		}
	}
	m.print([]byte(s))
	m.harmless(c.spot)
	return succeeded
}

// echo prints its arguments. What a backslash means differs between shells.
func (m *machine) echo(c *call) status {
	args := c.texts()
	newline, escapes := "\n", m.docker
	if m.bash {
		for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
			if strings.Contains(args[0], "n") {
				newline = ""
			}
			escapes = escapes || strings.Contains(args[0], "e")
			args = args[1:]
		}
	} else if len(args) > 0 && args[0] == "-n" {
		newline, args = "", args[1:]
	}
	s := strings.Join(args, " ")
	if strings.Contains(s, `\`) && m.out != nil && (escapes || !m.bash) {
		if !escapes {
			m.out.why = "what echo makes of a backslash, which differs between shells"
		}
		text, stop := unescaped(s)
		s = text
		if stop {
			newline = ""
		}
	}
	return m.printed(c, s+newline)
}

// unescaped reads the escapes of echo -e; stop is \c.
func unescaped(s string) (out string, stop bool) {
	if i := strings.Index(s, `\c`); i >= 0 {
		s, stop = s[:i], true
	}
	out, _, err := expand.Format(&expand.Config{}, strings.ReplaceAll(s, "%", "%%"), nil)
	if err != nil {
		return s, stop
	}
	return out, stop
}

// printf formats its arguments, the format again for those that are left.
func (m *machine) printf(c *call) status {
	args := c.texts()
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "-v" && len(args) > 2 {
		s, _, err := expand.Format(m.config(), args[2], args[3:])
		why := ""
		if w := c.first(); w != nil || err != nil {
			why = "what printf prints"
		}
		m.set(args[1], expand.Variable{Set: true, Kind: expand.String, Str: s}, why)
		return m.nothing(c)
	}
	if len(args) == 0 {
		return m.nothing(c)
	}
	format, rest := args[0], args[1:]
	var b strings.Builder
	for {
		s, used, err := expand.Format(m.config(), format, rest)
		if err != nil {
			m.printsUnknown("printf")
			return m.nothing(c)
		}
		b.WriteString(s)
		if rest = rest[min(used, len(rest)):]; used == 0 || len(rest) == 0 || b.Len() > maxOutput {
			break
		}
	}
	return m.printed(c, b.String())
}

// cat prints files, or its input.
func (m *machine) cat(c *call) status {
	for _, a := range c.args {
		if strings.HasPrefix(a.s, "-") && a.s != "-" && a.s != "-u" {
			return m.filter(c)
		}
	}
	m.harmless(c.spot)
	code := succeeded
	s := m.readArgs(c, c.args, &code)
	if m.out == nil {
		return code
	}
	if s.why != "" {
		m.out.why = s.why
	}
	m.print(s.data)
	return code
}

// readArgs reads the files that arguments name, or the input where there is none.
func (m *machine) readArgs(c *call, args []word, code *status) *stream {
	out, files := &stream{}, 0
	for _, a := range args {
		if a.s == "-u" {
			continue
		}
		if a.s == "-" {
			one := m.readInput()
			files++
			out.why += one.why
			out.data = append(out.data, one.data...)
			continue
		}
		files++
		p, known := m.place(a.s, false)
		switch {
		case known && m.out != nil && m.out.end == p && p.name != "":
			*code = failed // cat: input file is output file
			continue
		case known && a.known() && p.disk == inTree && m.world.read(p) == nil:
			if *code = failed; !m.world.isFolder(p) { // its owner may have it
				*code, out.why = status{why: "whether there is " + m.world.shown(p)}, m.input(a).why
			}
			continue
		}
		one := m.input(a)
		if one.why != "" {
			out.why = one.why
		}
		out.data = append(out.data, one.data...)
	}
	if files == 0 {
		return m.readInput()
	}
	return out
}

// readInput reads all of the input.
func (m *machine) readInput() *stream {
	if m.in == nil {
		return &stream{why: "what is typed in"}
	}
	data := m.in.data
	m.in.data = nil
	return &stream{data: data, why: m.in.why}
}

// tee prints its input and writes it to files.
func (m *machine) tee(c *call) status {
	in := m.in
	if in == nil {
		in = &stream{why: "what is typed in"}
	}
	toEnd, code := false, succeeded
	for _, a := range c.args {
		if strings.HasPrefix(a.s, "-") {
			toEnd = toEnd || strings.Contains(a.s, "a")
			continue
		}
		t := &target{name: a.s, append: toEnd, out: &stream{data: bytes.Clone(in.data), why: in.why, free: in.free}}
		p, known := m.place(a.s, true)
		if known && in.from == p && p.name != "" { // tee empties it first, or reads what it writes
			if t.out.data = nil; toEnd {
				t.out.why = "what tee reads at whose end it writes"
			}
			in = &stream{why: t.out.why}
		}
		if t.place = p; !known || a.why != "" && !startsMarked(a.s) {
			t.why = a.doubt()
		} else if m.nowhere(c.spot, p) {
			code = failed
			continue
		}
		m.flush(t, c.spot)
	}
	if m.out != nil {
		m.out.why += in.why
		m.print(in.data)
	}
	return code
}

// outputOf is the file that curl or wget writes to; "" is none.
func outputOf(c *call) string {
	for i, a := range c.args[:max(0, len(c.args)-1)] {
		short := len(a.s) > 1 && a.s[0] == '-' && a.s[1] != '-'
		switch {
		case a.s == "--output", a.s == "--output-document", c.name == "curl" && short && strings.HasSuffix(a.s, "o"),
			c.name == "wget" && short && strings.HasSuffix(a.s, "O"):
			return c.args[i+1].s
		}
	}
	return ""
}

// download is curl and wget: what comes over the network is not known.
func (m *machine) download(c *call) status {
	m.printsUnknown(c.name)
	if s, ok := m.archived(c, outputOf(c)); ok {
		return s
	}
	for i, a := range c.args {
		name := ""
		switch {
		case c.name == "curl" && (a.s == "-o" || a.s == "--output"), c.name == "wget" &&
			(a.s == "-O" || a.s == "--output-document"):
			if i+1 < len(c.args) {
				name = c.args[i+1].s
			}
		case c.name == "curl" && len(a.s) > 2 && a.s[0] == '-' && a.s[1] != '-' && a.s[len(a.s)-1] == 'o' &&
			i+1 < len(c.args):
			name = c.args[i+1].s
		case (c.name == "curl" && strings.Contains(a.s, "O") && strings.HasPrefix(a.s, "-") || c.name == "wget") &&
			!strings.Contains(a.s, "/"):
			name = ""
		}
		if name == "" || name == "-" {
			continue
		}
		if p, known := m.place(name, true); known {
			m.doubt(c.spot, p, "it comes from the network")
			if p.disk == outside || p.disk == beside {
				continue
			}
		}
		return m.undecided(c.spot, "overlay?: it downloads %s; put the file beside the script, or add it as an overlay",
			name)
	}
	if m.out != nil {
		return m.undecided(c.spot, "not expressible: it downloads what the next command reads, and imports have no network")
	}
	return m.undecided(c.spot, "overlay?: it downloads a file")
}
