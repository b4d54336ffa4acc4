package sed

import (
	"strings"
)

// Commands cuts a sed script at the ends of its commands; nil where it holds one that hangs together with others.
func Commands(script string) (out []string) {
	for rest := strings.TrimLeft(script, " \t\n;"); rest != ""; rest = strings.TrimLeft(rest, " \t\n;") {
		n := commandEnd(rest)
		if n < 0 {
			return nil
		}
		if rest[0] != '#' {
			out = append(out, strings.TrimRight(rest[:n], " \t\n"))
		}
		rest = rest[n:]
	}
	return out
}

// commandEnd is where the first command of a text ends; -1 where it is not one that stands for itself.
func commandEnd(s string) int {
	i := 0
	delimited := func(d byte) bool { // from behind one delimiter to behind the next
		i = delimitedEnd(s, i, d)
		return i >= 0
	}
	for i < len(s) { // addresses
		switch c := s[i]; {
		case c == '/':
			i++
			if !delimited('/') {
				return -1
			}
		case c == '\\' && i+1 < len(s):
			i += 2
			if !delimited(s[i-1]) {
				return -1
			}
		case strings.IndexByte("0123456789$,+~ \tI!", c) >= 0:
			i++
		default:
			goto command
		}
	}
	return -1
command:
	switch s[i] {
	case '#':
		return lineEnd(s, i)
	case 's', 'y':
		if i+1 >= len(s) {
			return -1
		}
		d := s[i+1]
		i += 2
		for range 2 { // what is found, and what replaces it
			if !delimited(d) {
				return -1
			}
		}
	case 'a', 'i', 'c':
		return textEnd(s, i)
	case 'd', 'p', '=':
		i++
	default:
		return -1
	}
	for ; i < len(s); i++ {
		switch {
		case s[i] == ';' || s[i] == '\n':
			return i
		case s[i] == '}', s[i] == 'w', s[i] == 'e' && strings.IndexByte("0123456789gIimMp", s[i]) < 0:
			return -1
		}
	}
	return i
}

// bracketEnd is where a bracket expression ends that begins at i; 0 where it does not end.
func bracketEnd(s string, i int) int {
	k := i + 1
	if k < len(s) && s[k] == '^' {
		k++
	}
	if k < len(s) && s[k] == ']' {
		k++
	}
	for ; k < len(s) && s[k] != '\n'; k++ {
		if s[k] == '[' && k+1 < len(s) && strings.IndexByte(":.=", s[k+1]) >= 0 {
			if n := strings.Index(s[k+2:], s[k+1:k+2]+"]"); n >= 0 {
				k += n + 3
				continue
			}
		}
		if s[k] == ']' {
			return k
		}
	}
	return 0
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

// textEnd is the end of a command with a text, a, i or c: that of the first line without a backslash at its end.
func textEnd(s string, i int) int {
	for {
		end := lineEnd(s, i)
		if end == len(s) || s[end-1] != '\\' {
			return end
		}
		i = end + 1
	}
}

func lineEnd(s string, i int) int {
	if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s)
}
