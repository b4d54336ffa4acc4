package term

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape is one kind of escape sequence, and how it is decoded.
type escape struct {
	marks string // each sequence begins with one of these bytes
	find  *regexp.Regexp
	mean  func(escape string) string
}

// longestEscape limits the length of a sequence, in bytes; the longest are HTML tags.
const longestEscape = 256

// next returns the start and the end of the first sequence at or after from; -1 if there is none.
func (k escape) next(text string, from int) (start, end int) {
	for {
		i := strings.IndexAny(text[from:], k.marks)
		if i < 0 {
			return -1, -1
		}
		from += i
		if n := len(k.find.FindString(text[from:min(len(text), from+longestEscape)])); n > 0 {
			return from, from + n
		}
		from++
	}
}

func (k escape) in(text string) bool {
	start, _ := k.next(text, 0)
	return start >= 0
}

var (
	percents = escape{"%", regexp.MustCompile(`^%[0-9A-Fa-f]{2}`), func(e string) string { return hexByte(e[1:]) }}
	query    = escape{"%+", regexp.MustCompile(`^(?:%[0-9A-Fa-f]{2}|\+)`), func(e string) string {
		if e == "+" {
			return " "
		}
		return hexByte(e[1:])
	}}
	backslash = escape{`\`, regexp.MustCompile(`^\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|` +
		`x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|[!-/:-@\[-\x60{-~bfnrt])`), unescape}
	entity = escape{"&", regexp.MustCompile(`^&(?:#[0-9]{1,6}|#[xX][0-9A-Fa-f]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`),
		func(e string) string {
			return strings.ReplaceAll(html.UnescapeString(e), "\u00a0", " ")
		}}

	// printable is quoted-printable, as in mails: bytes, and soft line breaks.
	printable = escape{"=", regexp.MustCompile(`^=(?:[0-9A-F]{2}|[ \t]*(?:\r?\n|(?:\\r)?\\n))`), func(e string) string {
		if len(e) == len("=3D") && e[1] > ' ' && e[1] != '\\' {
			return hexByte(e[1:])
		}
		return ""
	}}
	softBreak = escape{"=", regexp.MustCompile(`^=[ \t]*(?:\r?\n|(?:\\r)?\\n)(?:remote: ?)?`), nothing}

	// tag is an HTML tag within a secret, with which a page highlights it or allows a line break.
	tag   = escape{"<", regexp.MustCompile(`^<[!/?a-zA-Z][^<>]*>`), nothing}
	space = escape{" \t\n\v\f\r", regexp.MustCompile(`^[ \t\n\v\f\r]+`), nothing}

	// control matches what a terminal does not show: escape sequences and control characters.
	control = escape{controls, regexp.MustCompile(`^(?:\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|` +
		`\x1b[@-Z\\-_]|[\x00-\x1f\x7f])`), nothing}

	// lineBreak matches where a printed secret may be broken. Git starts a server's lines with "remote: ", and Howdah
	// joins them with "; ".
	lineBreak = escape{"\n\r\\;",
		regexp.MustCompile(`^(?:(?:\r?\n|\\r\\n|\\n|\r)|; (?:remote: ))[ \t]*(?:remote: ?|[>|] )?[ \t]*`),
		nothing}

	decoders = []escape{percents, query, backslash, entity, lineBreak, control, printable, tag}

	// chain decodes a text that was escaped several times: JSON in JSON in an error that an annotation quotes is
	// escaped five times.
	chain = []escape{control, softBreak, percents, backslash, backslash, backslash, backslash, backslash, softBreak,
		entity, tag, percents, percents, control, lineBreak}
)

// controls are the control characters of ASCII, except tab and the line ends.
const controls = "\x00\x01\x02\x03\x04\x05\x06\a\b\v\f\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"

func nothing(string) string { return "" }

// unseen are invisible characters that are not controls: zero width, direction marks, the soft hyphen.
var unseen = strings.Split("\u00ad"+
	"\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062"+
	"\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufffd", "")

// withoutUnseen removes the invisible characters.
func (d decoded) withoutUnseen() decoded {
	for _, c := range unseen {
		if strings.Contains(d.text, c) {
			d = d.decode(escape{c, regexp.MustCompile("^" + c), nothing})
		}
	}
	return d
}

func hexByte(digits string) string {
	n, err := strconv.ParseUint(digits, 16, 8)
	if err != nil {
		return ""
	}
	return string([]byte{byte(n)})
}

func unescape(e string) string {
	switch e[1] {
	case 'u', 'U':
		if n, err := strconv.ParseUint(e[2:], 16, 32); err == nil {
			return string(utf8.AppendRune(nil, rune(n)))
		}
	case 'x':
		return hexByte(e[2:])
	case '0', '1', '2', '3': // git writes bytes of a name as octal digits
		if n, err := strconv.ParseUint(e[1:], 8, 8); err == nil {
			return string([]byte{byte(n)})
		}
	case 'n', 'r':
		return "\n"
	case 't':
		return "\t"
	case 'b', 'f':
		return " "
	}
	return e[1:]
}
