package sed

import (
	"strings"
)

// AppendedText writes a text as the command a takes it.
func AppendedText(s string) string {
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

// Span is where a command without its addresses stands in a script.
type Span struct{ From, To int }

// Reads finds the commands r of a script; false where the script is not understood.
func Reads(s string) (out []Span, ok bool) {
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
			out = append(out, Span{at, i})
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
		return textEnd(s, i)
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
