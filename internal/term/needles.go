package term

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// needles are texts that are searched together.
type needles struct {
	all   []string            // longest first
	by    map[string][]string // by the first bytes, as many as shortest
	pairs [1 << 16]bool       // the first two bytes of some needle
	grams map[string]bool     // parts with the length clippedFrom
}

func newNeedles(set map[string]bool) *needles {
	n := &needles{by: map[string][]string{}, grams: map[string]bool{}}
	for _, s := range longestFirst(set) {
		if len(s) < shortest {
			continue
		}
		n.all = append(n.all, s)
		n.by[s[:shortest]] = append(n.by[s[:shortest]], s)
		n.pairs[int(s[0])<<8|int(s[1])] = true
		for i := range len(s) - clippedFrom + 1 {
			n.grams[s[i:i+clippedFrom]] = true
		}
	}
	return n
}

// in finds needles from left to right; of several that start together, the longest.
func (n *needles) in(text string) (found [][2]int) {
	for i := 0; i+shortest <= len(text); i++ {
		if !n.pairs[int(text[i])<<8|int(text[i+1])] {
			continue
		}
		for _, s := range n.by[text[i:i+shortest]] {
			if strings.HasPrefix(text[i:], s) {
				found = append(found, [2]int{i, i + len(s)})
				i += len(s) - 1
				break
			}
		}
	}
	return found
}

// end returns the length of the longest start of a needle at the end of text; 0 if it is shorter than clippedFrom.
func (n *needles) end(text string) int {
	if len(text) < clippedFrom || !n.grams[text[len(text)-clippedFrom:]] {
		return 0
	}
	best := 0
	for _, s := range n.all {
		for l := min(len(s)-1, len(text)); l >= max(clippedFrom, best+1); l-- {
			if text[len(text)-1] == s[l-1] && strings.HasSuffix(text, s[:l]) {
				best = l
				break
			}
		}
	}
	return best
}

// begin returns the length of the longest end of a needle at the start of text; 0 if it is shorter than clippedFrom.
func (n *needles) begin(text string) int {
	if len(text) < clippedFrom || !n.grams[text[:clippedFrom]] {
		return 0
	}
	best := 0
	for _, s := range n.all {
		for l := min(len(s)-1, len(text)); l >= max(clippedFrom, best+1); l-- {
			if text[0] == s[len(s)-l] && strings.HasPrefix(text, s[len(s)-l:]) {
				best = l
				break
			}
		}
	}
	return best
}

// within reports whether a text, of which both ends are cut off, may be the middle of a needle.
func (n *needles) within(text string) bool {
	if len(text) < clippedFrom || !n.grams[text[:clippedFrom]] {
		return false
	}
	for _, s := range n.all {
		if len(s) > len(text) && strings.Contains(s, text) {
			return true
		}
	}
	return false
}

// formsOf returns the forms in which a value is printed without escapes: as it is, cleaned for the terminal, in
// tables, in Latin-1 and UTF-16, in base64 and in hexadecimal.
func formsOf(v string) []string {
	std := base64.StdEncoding.EncodeToString([]byte(v))
	forms := []string{
		v, Clean(v), strings.ReplaceAll(v, "|", `\|`), std, strings.TrimRight(std, "="),
		base64.RawURLEncoding.EncodeToString([]byte(v)), hex.EncodeToString([]byte(v)),
	}
	if !isText(v) {
		forms = append(forms, inUTF16(v, 0), inUTF16(v, 1))
	}
	return forms
}

// inUTF16 returns a value in UTF-16, with its small byte first or second, without bytes that the decoder of controls
// removes. If all its letters are in Latin-1, the result is Latin-1.
func inUTF16(v string, small int) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(v)) {
		pair := [2]byte{}
		pair[small], pair[1-small] = byte(unit), byte(unit>>8)
		b.Write(pair[:])
	}
	return withoutControls(b.String())
}

// withoutControls removes ASCII control characters if one of them is NUL, as in UTF-16.
func withoutControls(text string) string {
	if strings.IndexByte(text, 0) < 0 {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(controls, text[i]) < 0 {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// fold turns ASCII capitals into small letters; every byte keeps its place.
func fold(text string) string {
	for i := range len(text) {
		if 'A' <= text[i] && text[i] <= 'Z' {
			folded := []byte(text)
			for ; i < len(folded); i++ {
				if 'A' <= folded[i] && folded[i] <= 'Z' {
					folded[i] += 'a' - 'A'
				}
			}
			return string(folded)
		}
	}
	return text
}

func withoutSpace(text string) string { return strings.Join(strings.Fields(text), "") }
