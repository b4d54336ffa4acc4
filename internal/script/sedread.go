package script

import (
	"bytes"
	"strings"
)

// inserted puts the content of the files that sed's command r reads into the script as text of its command a, which
// prints at the same moment: sed's sandbox reads no other file. It reports why it cannot.
func (m *machine) inserted(a *sedArgs) (why string) {
	for i, s := range a.call.Scripts {
		if !strings.Contains(s.Text, "r") {
			continue
		}
		commands, ok := sedReads(s.Text)
		if len(commands) == 0 {
			continue
		}
		if !ok || strings.HasSuffix(s.Text, `\`) {
			return "sed's command r in a script of a form that is not followed"
		}
		var out strings.Builder
		last := 0
		for _, c := range commands {
			name := strings.TrimLeft(s.Text[c.from+1:c.to], " \t")
			if name == "" || strings.HasPrefix(name, "/dev/") {
				return "sed's command r reads " + name
			}
			p, known := m.place(name, false)
			f := m.world.read(p)
			switch {
			case !known || f == nil && p.disk == outside:
				return "sed's command r reads " + clear(name) + ", which is not beside the script"
			case f != nil && f.why != "":
				return m.world.shown(p) + " is uncertain: " + m.certain(f)
			case f != nil && len(f.data) > 0 && (f.data[len(f.data)-1] != '\n' || bytes.IndexByte(f.data, 0) >= 0):
				return "sed's command r reads " + m.world.shown(p) + ", which does not end in a line feed"
			}
			out.WriteString(s.Text[last:c.from])
			if f == nil || len(f.data) == 0 { // sed passes over it
				out.WriteString("{}")
			} else {
				out.WriteString("a\\\n" + appendedText(string(f.data)))
			}
			last = c.to
		}
		a.call.Scripts[i].Text = out.String() + s.Text[last:]
	}
	return ""
}

// appendedText writes a text as the command a takes it.
func appendedText(s string) string {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i, line := range lines {
		line = strings.ReplaceAll(line, `\`, `\\`)
		if line != "" && (line[0] == ' ' || line[0] == '\t') {
			line = `\` + line
		}
		lines[i] = line
	}
	return strings.Join(lines, "\\\n")
}

// sedSpan is where a command without its addresses stands in a script.
type sedSpan struct{ from, to int }

// sedReads finds the commands r of a script; false where the script is not understood.
func sedReads(s string) (out []sedSpan, ok bool) {
	for i := 0; ; {
		for i < len(s) && strings.IndexByte(" \t\n;", s[i]) >= 0 {
			i++
		}
		if i == len(s) {
			return out, true
		}
		at, found := commandAt(s, i)
		if !found {
			return out, false
		}
		if i = commandTail(s, at); i < 0 {
			return out, false
		}
		if s[at] == 'r' {
			out = append(out, sedSpan{at, i})
		}
	}
}

// commandAt is where the command behind addresses stands.
func commandAt(s string, i int) (int, bool) {
	for i < len(s) {
		switch c := s[i]; {
		case c == '/':
			if i = delimitedEnd(s, i+1, '/'); i < 0 {
				return 0, false
			}
		case c == '\\' && i+1 < len(s):
			if i = delimitedEnd(s, i+2, s[i+1]); i < 0 {
				return 0, false
			}
		case strings.IndexByte("0123456789$,+~ \tI!", c) >= 0:
			i++
		case c == 'M' && i > 0:
			i++
		default:
			return i, true
		}
	}
	return 0, false
}

// delimitedEnd is the place behind the next delimiter; -1 where there is none.
func delimitedEnd(s string, i int, d byte) int {
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '[':
			if end := bracketEnd(s, i); end > 0 && d != '[' {
				i = end
			}
		case d:
			return i + 1
		}
	}
	return -1
}

// commandTail is where the command that begins at i ends; -1 where it is not understood.
func commandTail(s string, i int) int {
	switch c := s[i]; c {
	case '{', '}':
		return i + 1
	case '=', 'd', 'D', 'g', 'G', 'h', 'H', 'n', 'N', 'p', 'P', 'x', 'z', 'F', 'q', 'Q', 'l', 'L':
		for i++; i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == ' '); i++ {
		}
		return i
	case ':', 'b', 't', 'T':
		if n := strings.IndexAny(s[i:], ";\n}"); n >= 0 && c != ':' {
			return i + n
		}
		if n := strings.IndexAny(s[i:], ";\n"); n >= 0 {
			return i + n
		}
		return len(s)
	case 'r', 'R', 'w', 'W', 'e', 'v', '#':
		return lineEnd(s, i)
	case 'a', 'i', 'c':
		for {
			end := lineEnd(s, i)
			if end == len(s) || s[end-1] != '\\' {
				return end
			}
			i = end + 1
		}
	case 's', 'y':
		if i+1 >= len(s) {
			return -1
		}
		d := s[i+1]
		first := delimitedEnd(s, i+2, d)
		if first < 0 {
			return -1
		}
		end := first // the replacement has no brackets
		for ; end < len(s) && s[end] != d; end++ {
			if s[end] == '\\' {
				end++
			}
		}
		for end++; end < len(s) && strings.IndexByte("0123456789gpiImMe", s[end]) >= 0; end++ {
		}
		if end < len(s) && s[end] == 'w' {
			return lineEnd(s, end)
		}
		return min(end, len(s))
	}
	return -1
}

func lineEnd(s string, i int) int {
	if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s)
}
