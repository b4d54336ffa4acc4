package script

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
)

// readLine is read: the next line of the input into variables.
func (m *machine) readLine(c *call) status {
	raw, list, plain, end := false, "", true, "\n"
	var names []string
	for i := 0; i < len(c.args); i++ {
		a := c.args[i].s
		switch {
		case !strings.HasPrefix(a, "-") || a == "-":
			names = append(names, a)
			continue
		case a == "-d" && i+1 < len(c.args):
			if i++; len(c.args[i].s) > 1 || !c.args[i].known() {
				plain = false
			}
			if end = c.args[i].s; end == "" {
				end = "\x00"
			}
			continue
		case a == "-p" && i+1 < len(c.args):
			i++
			continue
		}
		for _, o := range a[1:] {
			switch {
			case o == 'r':
				raw = true
			case o == 'a' && strings.HasSuffix(a, "a") && i+1 < len(c.args):
				i++
				list = c.args[i].s
			case o != 's':
				plain = false
			}
		}
	}
	if list != "" {
		names = append(names, list)
	} else if len(names) == 0 {
		names = []string{"REPLY"}
	}
	m.harmless(c.spot)
	if m.in == nil || m.in.why != "" || !plain {
		why := "what is typed in"
		if m.in != nil && m.in.why != "" {
			why = m.in.why
		}
		for _, n := range names {
			m.set(n, expand.Variable{}, why)
		}
		return status{why: why}
	}
	line, rest, whole := m.nextLine(end, raw)
	m.in.data = []byte(rest)
	ifs := environ{m}.Get("IFS").String()
	switch {
	case list != "":
		m.set(list, expand.Variable{Set: true, Kind: expand.Indexed, List: readFields(line, ifs, -1, raw)}, "")
	case len(c.args) == 0 || names[0] == "REPLY" && len(names) == 1:
		m.set("REPLY", expand.Variable{Set: true, Kind: expand.String, Str: plainText(line, raw)}, "")
	default:
		values := readFields(line, ifs, len(names), raw)
		for i, n := range names {
			v := ""
			if i < len(values) {
				v = values[i]
			}
			m.set(n, expand.Variable{Set: true, Kind: expand.String, Str: v}, "")
		}
	}
	return ok(whole)
}

// nextLine takes a line off the input; without -r a backslash at its end joins the next one to it.
func (m *machine) nextLine(end string, raw bool) (line, rest string, whole bool) {
	rest = string(m.in.data)
	for {
		one, more, found := strings.Cut(rest, end)
		line, rest, whole = line+one, more, found
		backslashes := len(one) - len(strings.TrimRight(one, `\`))
		if raw || !found || end != "\n" || backslashes%2 == 0 {
			return line, rest, whole
		}
		line = strings.TrimSuffix(line, `\`)
	}
}

// plainText is a text without the backslashes that quote its characters.
func plainText(s string, raw bool) string {
	if raw {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		} else if s[i] == '\\' {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// readFields splits a line as read does: into n fields, of which the last holds what is left; -1 is into all.
func readFields(s, ifs string, n int, raw bool) (out []string) {
	blank := func(c byte) bool { return (c == ' ' || c == '\t' || c == '\n') && strings.IndexByte(ifs, c) >= 0 }
	trimmed := func(s string) string {
		for s != "" && blank(s[len(s)-1]) && (raw || !strings.HasSuffix(s[:len(s)-1], `\`)) {
			s = s[:len(s)-1]
		}
		return s
	}
	for s != "" && blank(s[0]) {
		s = s[1:]
	}
	for s != "" {
		end, next := cutField(s, ifs, raw, blank)
		if n > 0 && len(out) == n-1 {
			if next < len(s) { // a separator at the very end goes only where nothing but the field stands before it
				end = len(trimmed(s))
			}
			return append(out, plainText(trimmed(s[:end]), raw))
		}
		out = append(out, plainText(s[:end], raw))
		s = s[next:]
	}
	return out
}

// cutField is where the first field of a text ends, and where the next begins.
func cutField(s, ifs string, raw bool, blank func(byte) bool) (end, next int) {
	for end < len(s) && (strings.IndexByte(ifs, s[end]) < 0) {
		if s[end] == '\\' && !raw && end+1 < len(s) {
			end++
		}
		end++
	}
	next = end
	for next < len(s) && blank(s[next]) {
		next++
	}
	if next < len(s) && strings.IndexByte(ifs, s[next]) >= 0 {
		next++
		for next < len(s) && blank(s[next]) {
			next++
		}
	}
	return end, next
}

// allowed says that a command is called without an option.
func allowed(c *call, option string) bool {
	for _, a := range c.args {
		if a.s == option {
			return false
		}
	}
	return true
}

// readAll is mapfile: all lines of the input as a list.
func (m *machine) readAll(c *call) status {
	name := "MAPFILE"
	trim := false
	for _, a := range c.args {
		if a.s == "-t" {
			trim = true
		} else if !strings.HasPrefix(a.s, "-") {
			name = a.s
		}
	}
	if m.in == nil || m.in.why != "" || !trim {
		m.set(name, expand.Variable{}, "what is read")
		return m.nothing(c)
	}
	list := strings.Split(strings.TrimSuffix(string(m.in.data), "\n"), "\n")
	if len(m.in.data) == 0 {
		list = nil
	}
	m.set(name, expand.Variable{Set: true, Kind: expand.Indexed, List: list}, "")
	return m.nothing(c)
}

func (m *machine) getopts(c *call) status {
	if len(c.args) > 1 {
		m.set(c.args[1].s, expand.Variable{}, "$@")
		m.set("OPTARG", expand.Variable{}, "$@")
	}
	return status{why: "$@"}
}
