package sed

import (
	"fmt"
	"regexp"
	"strings"
)

// translate turns sed's regular expression, basic or extended, into RE2's.
func translate(s string, extended bool) (string, error) {
	var b strings.Builder
	atStart := true // of an expression or group: where * is itself in a basic one
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '[':
			end := classEnd(s, i)
			if end < 0 {
				return "", fmt.Errorf("the expression %q", s)
			}
			class := s[i : end+1]
			if strings.Contains(class[1:], "[=") || strings.Contains(class[1:], "[.") {
				return "", fmt.Errorf("the expression %q", s)
			}
			b.WriteString(escapeClass(class))
			i = end
		case c == '\\' && i+1 < len(s):
			i++
			switch n := s[i]; {
			case !extended && strings.IndexByte("(){}|+?", n) >= 0:
				b.WriteByte(n)
				if n == '(' || n == '|' {
					atStart = true
					continue
				}
			case n == '<' || n == '>':
				b.WriteString(`\b`)
			case n >= '1' && n <= '9':
				return "", fmt.Errorf("the reference \\%c within an expression", n)
			case strings.IndexByte("ntwWsSbB", n) >= 0:
				b.WriteString(`\` + string(n))
			case n == '`':
				b.WriteString("^")
			case n == '\'':
				b.WriteString("$")
			default:
				b.WriteString(regexp.QuoteMeta(string(n)))
			}
		case !extended && strings.IndexByte("(){}|+?", c) >= 0:
			b.WriteString(`\` + string(c))
		case c == '*' && atStart && !extended:
			b.WriteString(`\*`)
		case c == '^' && !extended && !atStart:
			b.WriteString(`\^`)
		case c == '$' && !extended && i+1 < len(s) && !strings.HasPrefix(s[i+1:], `\)`) && !strings.HasPrefix(s[i+1:], `\|`):
			b.WriteString(`\$`)
		case c == '^':
			b.WriteByte('^')
			continue // * behind it is itself too
		default:
			b.WriteByte(c)
			if extended && (c == '(' || c == '|') {
				atStart = true
				continue
			}
		}
		atStart = false
	}
	return b.String(), nil
}

// classEnd finds the bracket that closes the class that begins at i.
func classEnd(s string, i int) int {
	j := i + 1
	if j < len(s) && s[j] == '^' {
		j++
	}
	if j < len(s) && s[j] == ']' {
		j++
	}
	for ; j < len(s); j++ {
		if strings.HasPrefix(s[j:], "[:") {
			if k := strings.Index(s[j:], ":]"); k > 0 {
				j += k + 1
				continue
			}
		}
		if s[j] == ']' {
			return j
		}
	}
	return -1
}

// escapeClass writes a class as RE2 reads it: in sed's a backslash is itself, but for \n, \t and \].
func escapeClass(class string) string {
	head, body := "[", class[1:len(class)-1]
	if rest, ok := strings.CutPrefix(body, "^"); ok {
		head, body = "[^", rest
	}
	var b strings.Builder
	b.WriteString(head)
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case strings.HasPrefix(body[i:], "[:"):
			if k := strings.Index(body[i:], ":]"); k > 0 {
				b.WriteString(body[i : i+k+2])
				i += k + 1
				continue
			}
			b.WriteString(`\[`)
		case c == '\\' && i+1 < len(body) && (body[i+1] == 'n' || body[i+1] == 't'):
			b.WriteString(body[i : i+2])
			i++
		case c == '\\' || c == '[' || c == ']':
			b.WriteString(`\` + string(c))
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "]"
}

// expansion turns sed's replacement into regexp.Expand's.
func expansion(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '&':
			b.WriteString("${0}")
		case c == '$':
			b.WriteString("$$")
		case c == '\\' && i+1 < len(s):
			i++
			switch n := s[i]; {
			case n >= '0' && n <= '9':
				b.WriteString("${" + string(n) + "}")
			case n == 'n':
				b.WriteByte('\n')
			case n == 't':
				b.WriteByte('\t')
			case strings.IndexByte("ULEul", n) >= 0:
				return "", fmt.Errorf("the replacement \\%c", n)
			case n == '$':
				b.WriteString("$$")
			default:
				b.WriteByte(n)
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// Replacement is an op as a replacement in the whole file, with (?m): Find, exact text, or Match.
type Replacement struct{ Find, Match, Replace string }

// Replacement gives the op in that form where there is one: a substitution on every line, or the removal of the lines
// that match. It takes every match of a line, as s///g does; whether that is the same is for the caller to try.
func (o Op) Replacement() (Replacement, bool) {
	switch {
	case o.name == 's' && o.from == nil && !o.not:
		if find, ok := plain(o.pattern); ok {
			if with, ok := plainWith(o.with); ok {
				return Replacement{Find: find, Replace: with}, true
			}
		}
		return Replacement{Match: o.pattern, Replace: o.with}, true
	case o.name == 'd' && o.from != nil && o.to == nil && o.from.re != nil && !o.not:
		return Replacement{Match: "^" + around(o.from.src) + `\n`, Replace: ""}, true
	}
	return Replacement{}, false
}

// around lets an expression that picks a line take all of it.
func around(src string) string {
	flags := ""
	if rest, ok := strings.CutPrefix(src, "(?i)"); ok {
		flags, src = "(?i)", rest
	}
	head, tail := ".*", ".*"
	if rest, ok := strings.CutPrefix(src, "^"); ok {
		head, src = "", rest
	}
	if rest, ok := strings.CutSuffix(src, "$"); ok && !strings.HasSuffix(rest, `\`) {
		tail, src = "", rest
	}
	if strings.Contains(src, "|") {
		src = "(?:" + src + ")"
	}
	return flags + head + src + tail
}

// plain gives the text that an expression stands for, if it stands for one only.
func plain(src string) (string, bool) {
	re, err := regexp.Compile(src)
	if err != nil {
		return "", false
	}
	text, whole := re.LiteralPrefix()
	return text, whole && text != "" && !strings.HasPrefix(src, "(?i)")
}

// plainWith gives the text that a replacement stands for, if no part of the match is in it.
func plainWith(with string) (string, bool) {
	if strings.Contains(strings.ReplaceAll(with, "$$", ""), "${") {
		return "", false
	}
	return strings.ReplaceAll(with, "$$", "$"), true
}
