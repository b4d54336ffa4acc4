package term

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes one line of outside text safe to print. It replaces whatever a terminal or a CI log could take for a
// command, or that would change the order or look of the rest (control characters, escapes, bidirectional and other
// invisible characters, broken UTF-8, workflow commands), by a visible escape such as \x1b or \u202e.
func Clean(s string) string {
	if plain(s) {
		return disarm(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteByte(' ')
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x80 && (r < ' ' || r == 0x7f):
			fmt.Fprintf(&b, `\x%02x`, r)
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case !unicode.IsPrint(r) || invisible[r]:
			if r > 0xffff {
				fmt.Fprintf(&b, `\U%08x`, r)
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return disarm(b.String())
}

// invisible are letters and marks without a shape: with them, two different names would look the same.
var invisible = map[rune]bool{0x034f: true, 0x115f: true, 0x1160: true, 0x17b4: true, 0x17b5: true, 0x2800: true,
	0x3164: true, 0xffa0: true}

// CleanLines is Clean for a text with several lines: line ends stay, a tab becomes a space.
func CleanLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}

// plain reports whether s has only printable ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// disarm escapes GitHub's and Azure's workflow commands: "::x::" is one at the start of a line, after white space;
// "##[" and "##vso[" are anywhere in it.
func disarm(line string) string {
	if strings.Contains(line, "##") {
		line = strings.ReplaceAll(line, "##[", `#\x23[`)
		line = strings.ReplaceAll(line, "##vso[", `#\x23vso[`)
	}
	if rest := strings.TrimLeft(line, " "); strings.HasPrefix(rest, "::") {
		line = line[:len(line)-len(rest)] + `\x3a` + rest[1:]
	}
	return line
}
