package report

import (
	"encoding/base64"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/secret"
)

// decoded is a text without its escapes or line breaks; byte i of it stands at [from[i], from[i+1]) of the original.
type decoded struct {
	text string
	from []int // nil where nothing was decoded: i stands at i
}

func plainly(text string) decoded { return decoded{text: text} }

func (d decoded) at(i int) int {
	if d.from == nil {
		return i
	}
	return d.from[i]
}

// decoder takes one kind of escape from a text.
type decoder struct {
	mark string // no escape without it
	find *regexp.Regexp
	mean func(escape string) string
}

func (k decoder) in(text string) bool {
	return strings.Contains(text, k.mark) && k.find.MatchString(text)
}

var (
	percents = decoder{"%", regexp.MustCompile(`%[0-9A-Fa-f]{2}`), func(e string) string { return hexByte(e[1:]) }}
	query    = decoder{"+", regexp.MustCompile(`%[0-9A-Fa-f]{2}|\+`), func(e string) string {
		if e == "+" {
			return " "
		}
		return hexByte(e[1:])
	}}
	backslash = decoder{`\`, regexp.MustCompile(`\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[!-/:-@\[-\x60{-~bfnrt])`), unescape}
	entity    = decoder{"&", regexp.MustCompile(`&(?:#[0-9]{1,6}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);`), html.UnescapeString}

	// lineBreak is where a secret may be broken: a server's lines begin with "remote: " in what git prints, which Howdah
	// joins by "; ".
	lineBreak = decoder{"", regexp.MustCompile(`(?:[ \t]*(?:\r?\n|\\r\\n|\\n|\r)|; (?:remote: ))[ \t]*(?:remote: ?|[>|] )?[ \t]*`), func(string) string { return "" }}

	decoders = []decoder{percents, query, backslash, entity, lineBreak}
	chain    = []decoder{backslash, backslash, entity, percents, lineBreak}
)

func hexByte(digits string) string {
	n, err := strconv.ParseUint(digits, 16, 8)
	if err != nil {
		return ""
	}
	return string([]byte{byte(n)})
}

func unescape(e string) string {
	switch e[1] {
	case 'u':
		if n, err := strconv.ParseUint(e[2:], 16, 32); err == nil {
			return string(utf8.AppendRune(nil, rune(n)))
		}
	case 'x':
		return hexByte(e[2:])
	case 'n', 'r':
		return "\n"
	case 't':
		return "\t"
	case 'b', 'f':
		return " "
	}
	return e[1:]
}

func (d decoded) decode(k decoder) decoded {
	var b strings.Builder
	from := make([]int, 0, len(d.text)+1)
	add := func(text string, at func(i int) int) {
		for i := range len(text) {
			from = append(from, at(i))
		}
		b.WriteString(text)
	}
	done := 0
	for _, found := range k.find.FindAllStringIndex(d.text, -1) {
		add(d.text[done:found[0]], func(i int) int { return d.at(done + i) })
		start := d.at(found[0])
		add(k.mean(d.text[found[0]:found[1]]), func(int) int { return start })
		done = found[1]
	}
	add(d.text[done:], func(i int) int { return d.at(done + i) })
	return decoded{b.String(), append(from, d.at(len(d.text)))}
}

// spans are the parts of a text that become stars.
type spans [][2]int

func (s *spans) add(d decoded, from, to int) {
	*s = append(*s, [2]int{d.at(from), max(d.at(to), d.at(to-1)+1)})
}

func (s spans) apply(text string) string {
	if len(s) == 0 {
		return text
	}
	slices.SortFunc(s, func(a, b [2]int) int { return a[0] - b[0] })
	var b strings.Builder
	done, last := 0, -1
	for _, part := range s {
		if part[1] <= done {
			continue
		}
		if part[0] > done || last < 0 {
			b.WriteString(text[done:max(part[0], done)])
			b.WriteString(secret.Stars)
		}
		done, last = part[1], part[0]
	}
	b.WriteString(text[done:])
	return b.String()
}

// encoded is what may be base64 of something that holds a value.
var encoded = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}`)

// find adds what holds a value.
func (m *masker) find(d decoded, hide *spans) {
	if d.from != nil && m.ofNeedles.Replace(d.text) != d.text {
		for _, needle := range m.needles {
			for at := 0; ; {
				i := strings.Index(d.text[at:], needle)
				if i < 0 {
					break
				}
				hide.add(d, at+i, at+i+len(needle))
				at += i + len(needle)
			}
		}
	}
	for _, at := range encoded.FindAllStringIndex(d.text, -1) {
		if m.inBase64(d.text[at[0]:at[1]]) {
			hide.add(d, at[0], at[1])
		}
	}
	m.clipped(d, hide)
}

// alphabet turns the base64 of addresses into that of headers.
var alphabet = strings.NewReplacer("-", "+", "_", "/")

// inBase64 says whether a value is in what the text encodes, wherever in the text its first group begins.
func (m *masker) inBase64(text string) bool {
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
		if plain := string(data); len(plain) >= shortest && m.ofValues.Replace(plain) != plain {
			return true
		}
	}
	return false
}

// clippedFrom is how much of a value has to be left before "…" to be masked.
const clippedFrom = 5

// clipped adds what is left of a value that was cut off.
func (m *masker) clipped(d decoded, hide *spans) {
	text := d.text
	for _, end := range []string{"…", "..."} {
		for at := 0; ; at += len(end) {
			i := strings.Index(text[at:], end)
			if i < 0 {
				break
			}
			at += i
			for _, needle := range m.needles {
				if n := endsWithStart(text[:at], needle); n > 0 {
					hide.add(d, at-n, at)
					break
				}
			}
		}
	}
}

// endsWithStart is the length of needle's longest start that text ends with, 0 when it is shorter than clippedFrom.
func endsWithStart(text, needle string) int {
	for n := min(len(needle)-1, len(text)); n >= clippedFrom; n-- {
		if text[len(text)-1] == needle[n-1] && strings.HasSuffix(text, needle[:n]) {
			return n
		}
	}
	return 0
}
