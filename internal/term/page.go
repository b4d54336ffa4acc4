package term

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Page is lines of text for a terminal or a log. Bytes cleans all of it, so the code that fills a page need not know
// which words came from outside.
type Page struct {
	lines  []Line
	tables []table
}

// Line is a line of a page.
type Line []Span

// Span is a run of text with one style.
type Span struct {
	style    Style
	Text     string
	cut      bool
	unbroken bool
	gutter   bool
}

// Style is an SGR code. Colour only repeats what the words say.
type Style string

const (
	Normal Style = ""
	Bold   Style = "1"
	Dim    Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
)

// Textf returns text without a style.
func Textf(format string, args ...any) Span { return Normal.Of(format, args...) }

func (s Style) Of(format string, args ...any) Span {
	return Span{style: s, Text: fmt.Sprintf(format, args...)}
}

// Cut marks a cell that may be cut with "…" if the terminal is too narrow for its table, instead of continuing on the
// next line. It is for text that is known from elsewhere, or that nobody reads to the end.
func (s Span) Cut() Span {
	s.cut = true
	return s
}

// Unbroken marks a line that begins with the span as text of a file: on a narrow terminal it is not broken between
// words, so what is copied is what the file has.
func (s Span) Unbroken() Span {
	s.unbroken = true
	return s
}

// Gutter marks a span at the beginning of a line: on a narrow terminal, the rest of the line stays right of it.
func (s Span) Gutter() Span {
	s.gutter = true
	return s
}

func (p *Page) Add(spans ...Span) { p.lines = append(p.lines, spans) }

// Gap adds an empty line, unless the last one is empty.
func (p *Page) Gap() {
	if n := len(p.lines); n > 0 && len(p.lines[n-1]) > 0 {
		p.lines = append(p.lines, nil)
	}
}

// Printf adds text. Line ends in the format separate lines; those in arguments are printed as "\n".
func (p *Page) Printf(format string, args ...any) {
	cleaned := slices.Clone(args)
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			cleaned[i] = Clean(arg)
		case error:
			cleaned[i] = Clean(arg.Error())
		}
	}
	for text := range strings.SplitSeq(strings.TrimSuffix(fmt.Sprintf(format, cleaned...), "\n"), "\n") {
		p.Add(Span{Text: text})
	}
}

func (p *Page) Len() int { return len(p.lines) }

// masked returns the page without secrets.
func (p Page) masked(s Secrets) Page {
	out := Page{lines: s.maskedLines(p.lines)}
	for _, t := range p.tables {
		t.rows = s.maskedLines(t.rows)
		out.tables = append(out.tables, t)
	}
	return out
}

func (s Secrets) maskedLines(lines []Line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		for _, part := range l {
			part.Text = s.Mask(part.Text)
			out[i] = append(out[i], part)
		}
	}
	return out
}

func (p Page) Empty() bool { return len(p.lines) == 0 }

// String returns the page without colour.
func (p Page) String() string { return string(p.Bytes(false)) }

// Bytes returns the page's lines, cleaned.
func (p Page) Bytes(color bool) []byte {
	var b bytes.Buffer
	for _, l := range p.lines {
		begin := b.Len()
		for i, s := range l {
			text := Clean(ClipWords(s.Text, MaxSpan))
			if i == len(l)-1 {
				text = strings.TrimRight(text, " ")
			}
			if color && s.style != Normal && text != "" {
				fmt.Fprintf(&b, "\x1b[%sm%s\x1b[0m", string(s.style), text)
			} else {
				b.WriteString(text)
			}
		}
		// Two harmless spans may together be a workflow command.
		if whole := string(b.Bytes()[begin:]); !color && disarm(whole) != whole {
			b.Truncate(begin)
			b.WriteString(disarm(whole))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}
