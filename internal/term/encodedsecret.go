package term

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/secret"
)

// decoded is a text without its escapes or line breaks.
type decoded struct {
	text string
	from [][2]int // where each byte stands in the original; nil where nothing was decoded
}

func plainly(text string) decoded { return decoded{text: text} }

// at is where byte i stands in the original.
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

// spans are the parts of a text that become stars.
type spans [][2]int

// add adds the bytes from start to end, which are some.
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
		if part[0] > done { // else it goes on where the last ended
			b.WriteString(text[max(done, 0):part[0]])
			b.WriteString(secret.Stars)
		}
		done = max(done, part[1])
	}
	b.WriteString(text[done:])
	return b.String()
}

// runs are the parts of a text that may be base64 of something that holds a value.
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

// find adds what holds a value.
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

// isText says that what base64 encodes is a text in ASCII, which is by no chance.
func isText(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return r > '~' || r < ' ' && !strings.ContainsRune("\t\r\n", r)
	}) < 0
}

// alphabet turns the base64 of addresses into that of headers.
var alphabet = strings.NewReplacer("-", "+", "_", "/")

// inBase64 says whether a value is in what the text encodes, wherever in the text its first group begins. With cut, a
// value that begins at its end counts too.
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
		plain := withoutControls(string(data))              // UTF-16 has a control in each letter of ASCII
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

// clippedFrom is how much of a value has to be left before "…" to be masked.
const clippedFrom = 5

// isCut says that a text goes on with the sign of something left out.
func isCut(rest string) bool { return strings.HasPrefix(rest, "…") || strings.HasPrefix(rest, "...") }

// halfEscape is an escape that was cut in its middle.
var halfEscape = regexp.MustCompile(`(?:%[0-9A-Fa-f]?|\\+(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?|&[#a-zA-Z0-9]{0,5})$`)

// beforeCut and afterCut may stand between a text and the sign of something left out: "s3cr"..., s3cr[...].
const (
	mostAround          = 2 // of them on one side
	beforeCut, afterCut = "\"'`[(<{ ", "\"'`])>} "
)

// cuts are where a text says that something is left out: where the signs begin and end, with what may stand around
// them.
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

// clipped adds what is left of a value that was cut off at its end, its start or both.
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
