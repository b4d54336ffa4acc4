package term

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/secret"
)

// decoded is a text without escapes and line breaks.
type decoded struct {
	text string
	from [][2]int // by byte: its start and end in the original; nil if nothing was decoded
}

func undecoded(text string) decoded { return decoded{text: text} }

// at returns the place of byte i in the original.
func (d decoded) at(i int) [2]int {
	if d.from == nil {
		return [2]int{i, i + 1}
	}
	return d.from[i]
}

func (d decoded) decode(k escape) decoded {
	var b strings.Builder
	from := make([][2]int, 0, len(d.text))
	keep := func(start, end int) {
		for i := start; i < end; i++ {
			from = append(from, d.at(i))
		}
		b.WriteString(d.text[start:end])
	}
	done := 0
	for start, end := k.next(d.text, 0); start >= 0; start, end = k.next(d.text, end) {
		keep(done, start)
		meant := k.mean(d.text[start:end])
		for range len(meant) {
			from = append(from, [2]int{d.at(start)[0], d.at(end - 1)[1]})
		}
		b.WriteString(meant)
		done = end
	}
	keep(done, len(d.text))
	return decoded{b.String(), from}
}

// spans are the parts of a text that will be masked.
type spans [][2]int

// add adds the bytes from start to end.
func (s *spans) add(d decoded, start, end int) {
	*s = append(*s, [2]int{d.at(start)[0], d.at(end - 1)[1]})
}

func (s spans) apply(text string) string {
	if len(s) == 0 {
		return text
	}
	slices.SortFunc(s, func(a, b [2]int) int { return a[0] - b[0] })
	var b strings.Builder
	done := -1
	for _, part := range s {
		if part[0] > done { // otherwise it continues the last part
			b.WriteString(text[max(done, 0):part[0]])
			b.WriteString(secret.Stars)
		}
		done = max(done, part[1])
	}
	b.WriteString(text[done:])
	return b.String()
}

// runs returns the parts of a text that may be base64 of something with a secret in it.
func runs(text string) [][2]int {
	var all [][2]int
	start := 0
	for i := range len(text) + 1 {
		if i < len(text) && inAlphabet[text[i]] {
			continue
		}
		if i-start >= 4*shortest/3 {
			all = append(all, [2]int{start, i})
		}
		start = i + 1
	}
	return all
}

var inAlphabet = func() (set [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") {
		set[c] = true
	}
	return set
}()

// find adds the places of the secrets.
func (m *masker) find(d decoded, hide *spans) {
	folded := m.fold(d.text)
	for _, at := range m.forms.in(folded) {
		hide.add(d, at[0], at[1])
	}
	for _, at := range runs(d.text) {
		if m.inBase64(d.text[at[0]:at[1]], isCut(d.text[at[1]:])) {
			hide.add(d, at[0], at[1])
		}
	}
	m.clipped(d, folded, hide)
}

// isText reports whether decoded base64 is ASCII text, which does not happen by chance.
func isText(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return r > '~' || r < ' ' && !strings.ContainsRune("\t\r\n", r)
	}) < 0
}

// alphabet converts the base64 of URLs to the usual one.
var alphabet = strings.NewReplacer("-", "+", "_", "/")

// inBase64 reports whether a secret is in what the text encodes, at whichever byte of the text the first group
// starts. With cut, the start of a secret at its end counts too.
func (m *masker) inBase64(text string, cut bool) bool {
	text = alphabet.Replace(text)
	for start := range 4 {
		if start > len(text) {
			break
		}
		rest := text[start:]
		if len(rest)%4 == 1 {
			rest = rest[:len(rest)-1]
		}
		data, _ := base64.RawStdEncoding.DecodeString(rest) // what comes before an error counts
		plain := withoutControls(string(data))              // UTF-16 has a NUL in each ASCII letter
		folded := m.fold(plain)
		if len(m.values.in(folded)) > 0 || cut && m.values.end(folded) > 0 {
			return true
		}
		if len(plain) >= shortest && isText(plain) && m.apply(plain) != plain { // JSON, or base64 once more
			return true
		}
	}
	return false
}

// clippedFrom is how many characters of a secret have to be left before "…" for it to be masked.
const clippedFrom = 5

// isCut reports whether a text continues with an ellipsis.
func isCut(rest string) bool { return strings.HasPrefix(rest, "…") || strings.HasPrefix(rest, "...") }

// halfEscape matches an escape that was cut in the middle.
var halfEscape = regexp.MustCompile(`(?:%[0-9A-Fa-f]?|\\+(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?|&[#a-zA-Z0-9]{0,5})$`)

// Characters that may be between a text and an ellipsis: "s3cr"..., s3cr[...].
const (
	mostAround          = 2 // of them, on one side
	beforeCut, afterCut = "\"'`[(<{ ", "\"'`])>} "
)

// cuts returns the starts and ends of the ellipses in a text, with the characters that may be around them.
func cuts(text string) (all [][2]int) {
	for at := 0; at < len(text); at++ {
		if text[at] != '.' && text[at] != "…"[0] || !isCut(text[at:]) {
			continue
		}
		end := at + len("…")
		for end < len(text) && text[end] == '.' {
			end++
		}
		begin := at
		for begin > max(0, at-mostAround) && strings.IndexByte(beforeCut, text[begin-1]) >= 0 {
			begin--
		}
		at = end - 1
		for to := min(len(text), end+mostAround); end < to && strings.IndexByte(afterCut, text[end]) >= 0; {
			end++
		}
		all = append(all, [2]int{begin, end})
	}
	return all
}

// clipped adds the rest of a secret that was cut off at its end, its start or both.
func (m *masker) clipped(d decoded, folded string, hide *spans) {
	all := cuts(folded)
	for i, cut := range all {
		near := folded[max(0, cut[0]-16):cut[0]]
		end := cut[0] - len(halfEscape.FindString(near))
		for _, to := range []int{cut[0], end} {
			if n := m.forms.end(folded[:to]); n > 0 {
				hide.add(d, to-n, cut[0])
				break
			}
		}
		if n := m.forms.begin(folded[cut[1]:]); n > 0 {
			hide.add(d, cut[1], cut[1]+n)
		}
		if i+1 < len(all) && m.forms.within(folded[cut[1]:max(cut[1], all[i+1][0])]) {
			hide.add(d, cut[1], all[i+1][0])
		}
	}
}
