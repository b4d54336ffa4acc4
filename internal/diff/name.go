package diff

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// git writes a name as it is. If it has quotes, backslashes, control characters or bytes above ASCII, git writes it in
// C's syntax between double quotes (core.quotePath).

const escapes = "abfnrtv\"\\"
const escaped = "\a\b\f\n\r\t\v\"\\"

// Quote returns a name as git writes it: as it is, or in C's syntax between double quotes.
func Quote(name string) string {
	plain := true
	for i := range len(name) {
		if c := name[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			plain = false
		}
	}
	if plain {
		return name
	}
	var b bytes.Buffer
	b.WriteByte('"')
	for i := range len(name) {
		c := name[i]
		if k := strings.IndexByte(escaped, c); k >= 0 {
			b.WriteByte('\\')
			b.WriteByte(escapes[k])
		} else if c < 0x20 || c >= 0x7f {
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

var errQuote = errors.New("malformed quoted name")

// Unquote reads a quoted name at the start of s, and returns what follows it.
func Unquote(s string) (name, rest string, err error) {
	var b []byte
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			return string(b), s[i+1:], nil
		case '\\':
			i++
			if i < len(s) {
				if k := strings.IndexByte(escapes, s[i]); k >= 0 {
					b = append(b, escaped[k])
					continue
				}
			}
			if i+3 > len(s) {
				return "", "", errQuote
			}
			n, err := strconv.ParseUint(s[i:i+3], 8, 8)
			if err != nil || n == 0 {
				return "", "", errQuote
			}
			b = append(b, byte(n))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return "", "", errQuote
}

// name reads a name that may be quoted, to the end of the line.
func (p *parser) name(s string) (string, error) {
	name, rest := s, ""
	if strings.HasPrefix(s, `"`) {
		var err error
		if name, rest, err = Unquote(s); err != nil {
			rest = s
		}
	}
	if name == "" || rest != "" {
		return "", p.wrong("malformed name %.80q", s)
	}
	return name, nil
}

// sideName reads the name on a line --- or +++, and the next line. For /dev/null it returns "". diff(1) writes a tab
// and a time after the name; git writes a tab after names with spaces.
func (p *parser) sideName(mark, prefix string) (name, stamp string, err error) {
	if !p.starts(mark) {
		return "", "", p.wrong("no %sline", mark)
	}
	s := string(p.line[len(mark):])
	if strings.HasSuffix(s, "\r") {
		return "", "", p.wrong("the diff's own lines end in CRLF: save it as git wrote it")
	}
	if strings.HasPrefix(s, `"`) {
		if name, stamp, err = Unquote(s); err != nil || stamp != "" && stamp[0] != '\t' {
			return "", "", p.wrong("malformed name %.80q", s)
		}
		stamp = strings.TrimPrefix(stamp, "\t")
	} else {
		name, stamp, _ = strings.Cut(s, "\t")
	}
	if name == "/dev/null" {
		p.advance()
		return "", stamp, nil
	}
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok || rest == "" {
		return "", "", p.wrong("%.80q lacks the %q that git writes before names (a -p0 diff?)", name, prefix)
	}
	p.advance()
	return rest, stamp, nil
}

// sameName reads "a/NAME b/NAME"; for a rename, whose names differ, it returns "".
func sameName(s string) (string, error) {
	lacking := fmt.Errorf(`names %.80q lack the "a/" and "b/" that git writes (a -p0 diff?)`, s)
	if strings.HasPrefix(s, `"`) {
		first, rest, err := Unquote(s)
		if err != nil || !strings.HasPrefix(rest, " ") {
			return "", fmt.Errorf("malformed names %.80q", s)
		}
		a, ok := strings.CutPrefix(first, "a/")
		if !ok {
			return "", lacking
		}
		if b, ok := cutName(rest[1:], "b/"+a); !ok || b != "" || a == "" {
			return "", nil
		}
		return a, nil
	}
	half := len(s) / 2
	if len(s)%2 == 1 && half > 2 && s[half] == ' ' && strings.HasPrefix(s, "a/") && s[half+1:] == "b/"+s[2:half] {
		return s[2:half], nil
	}
	if !strings.HasPrefix(s, "a/") || !strings.Contains(s, " b/") && !strings.Contains(s, ` "b/`) {
		return "", lacking
	}
	return "", nil
}

// sameHead reports whether "diff --git" has the names of the lines below it.
func sameHead(both string, f *File) bool {
	old, fresh := f.heads()
	rest, ok := cutName(both, "a/"+old)
	if !ok || !strings.HasPrefix(rest, " ") {
		return false
	}
	rest, ok = cutName(rest[1:], "b/"+fresh)
	return ok && rest == ""
}

// cutName removes a name, perhaps quoted, from the start of s.
func cutName(s, name string) (rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return strings.CutPrefix(s, name)
	}
	found, rest, err := Unquote(s)
	return rest, err == nil && found == name
}

// heads returns the two names for "diff --git", which always has both.
func (f *File) heads() (old, fresh string) {
	old, fresh = f.OldName, f.NewName
	if old == "" {
		old = fresh
	}
	if fresh == "" {
		fresh = old
	}
	return old, fresh
}
