package sed

import (
	"strings"
)

// Substitution takes s/find/with/ apart, where a sed script is just that.
func Substitution(script string) (find, with string, ok bool) {
	script = strings.TrimSpace(script)
	if len(script) < 4 || script[0] != 's' {
		return "", "", false
	}
	d := script[1]
	var parts []string
	start := 2
	for i := 2; i < len(script) && len(parts) < 2; i++ {
		switch script[i] {
		case '\\':
			i++
		case '[':
			if end := bracketEnd(script, i); end > 0 && len(parts) == 0 && d != '[' &&
				strings.IndexByte(script[i:end+1], d) < 0 {
				i = end
			}
		case d:
			parts = append(parts, strings.ReplaceAll(script[start:i], `\`+string(d), string(d)))
			start = i + 1
		}
	}
	if len(parts) != 2 || strings.Trim(strings.TrimSpace(script[start:]), "g") != "" {
		return "", "", false
	}
	return parts[0], parts[1], true
}

// Literal is the text that an expression matches, where it matches no other.
func Literal(expr string, extended bool) (string, bool) {
	var b strings.Builder
	special := `.*[^$`
	if extended {
		special += `+?(){}|`
	}
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '\\' && i+1 < len(expr):
			i++
			switch c = expr[i]; {
			case c == 'n':
				c = '\n'
			case c == 't':
				c = '\t'
			case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', strings.IndexByte("<>`'", c) >= 0:
				return "", false
			case !extended && strings.IndexByte(`+?(){}|`, c) >= 0:
				return "", false
			}
			b.WriteByte(c)
		case c == '*' && i == 0, c == '$' && i < len(expr)-1 && !extended, c == '^' && i > 0 && !extended:
			b.WriteByte(c)
		case strings.IndexByte(special, c) >= 0:
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), b.Len() > 0
}

// Replacement is sed's replacement as an edit has it: with groups as ${1}, or as a plain text.
func Replacement(s string, groups bool) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '&':
			if !groups {
				return "", false
			}
			b.WriteString("${0}")
		case c == '\\' && i+1 < len(s):
			i++
			switch c = s[i]; {
			case c >= '0' && c <= '9':
				if !groups {
					return "", false
				}
				b.WriteString("${" + string(c) + "}")
			case c == 'n' || c == '\n':
				b.WriteByte('\n')
			case c == 't':
				b.WriteByte('\t')
			case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
				return "", false
			case c == '$' && groups:
				b.WriteString("$$")
			default:
				b.WriteByte(c)
			}
		case c == '$' && groups:
			b.WriteString("$$")
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), true
}

// Expression writes one of sed's expressions as Go's regexp may have it. What it proposes is compared with what sed
// did.
func Expression(expr string, extended bool) (string, bool) {
	var b strings.Builder
	const marks = `+?(){}|`
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '[':
			end := bracketEnd(expr, i)
			if end == 0 {
				return "", false
			}
			b.WriteString(bracket(expr[i : end+1]))
			i = end
		case c == '\\' && i+1 < len(expr):
			i++
			c = expr[i]
			switch {
			case strings.IndexByte(marks, c) >= 0:
				if extended {
					b.WriteByte('\\')
				}
				b.WriteByte(c)
			case c == '<' || c == '>':
				b.WriteString(`\b`)
			case c >= '0' && c <= '9':
				return "", false
			case c == 's':
				b.WriteString(`[ \t]`)
			case strings.IndexByte("ntwWSbB.*[]^$\\", c) >= 0:
				b.WriteByte('\\')
				b.WriteByte(c)
			case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '`', c == '\'':
				return "", false
			default:
				b.WriteByte(c)
			}
		case strings.IndexByte(marks, c) >= 0 && !extended, c == '*' && i == 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '$' && i < len(expr)-1 && !extended, c == '^' && i > 0 && !extended:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), b.Len() > 0
}

// bracket is a bracket expression in which a backslash is a plain character, and no line feed is matched.
func bracket(s string) string {
	inner := s[1 : len(s)-1]
	no := strings.HasPrefix(inner, "^")
	inner = strings.TrimPrefix(inner, "^")
	inner = strings.ReplaceAll(inner, `\n`, "\n")
	inner = strings.ReplaceAll(inner, `\t`, "\t")
	inner = strings.ReplaceAll(inner, `\`, `\\`)
	if strings.HasPrefix(inner, "]") {
		inner = `\` + inner
	}
	inner = strings.ReplaceAll(strings.ReplaceAll(inner, "\n", `\n`), "\t", `\t`)
	if no {
		return `[^` + inner + `\n]`
	}
	return "[" + inner + "]"
}
