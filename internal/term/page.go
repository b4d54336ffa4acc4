package term

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Page is text in lines, ready for a terminal or a log. All of it is cleaned when its bytes are made, so whoever
// fills one need not know which words came from outside.
type Page struct{ lines []Line }

// Line is a line of a page.
type Line []Span

// Span is a run of text with one style.
type Span struct {
	Style Style
	Text  string
}

// Style is an SGR code. Colour repeats what the words say, never more.
type Style string

// The styles.
const (
	Normal Style = ""
	Bold   Style = "1"
	Dim    Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
)

// Textf is text without a style.
func Textf(format string, args ...any) Span { return Span{Normal, fmt.Sprintf(format, args...)} }

// Of is text with the style.
func (s Style) Of(format string, args ...any) Span { return Span{s, fmt.Sprintf(format, args...)} }

// Add adds a line.
func (p *Page) Add(spans ...Span) { p.lines = append(p.lines, spans) }

// Gap adds an empty line, unless the last one is empty.
func (p *Page) Gap() {
	if n := len(p.lines); n > 0 && len(p.lines[n-1]) > 0 {
		p.lines = append(p.lines, nil)
	}
}

// Printf adds text; line ends in the format part its lines, those in arguments are shown as "\n".
func (p *Page) Printf(format string, args ...any) {
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = Clean(arg)
		case error:
			args[i] = Clean(arg.Error())
		}
	}
	for text := range strings.SplitSeq(strings.TrimSuffix(fmt.Sprintf(format, args...), "\n"), "\n") {
		p.Add(Span{Normal, text})
	}
}

// Append adds another page's lines.
func (p *Page) Append(other Page) { p.lines = append(p.lines, other.lines...) }

// masked is the page without secrets.
func (p Page) masked(s Secrets) Page {
	out := Page{make([]Line, len(p.lines))}
	for i, l := range p.lines {
		for _, part := range l {
			out.lines[i] = append(out.lines[i], Span{part.Style, s.Mask(part.Text)})
		}
	}
	return out
}

// Empty says that there is nothing to print.
func (p Page) Empty() bool { return len(p.lines) == 0 }

// String is the page without colour.
func (p Page) String() string { return string(p.Bytes(false)) }

// Bytes is the page's lines, each cleaned and ended.
func (p Page) Bytes(color bool) []byte {
	var b bytes.Buffer
	for _, l := range p.lines {
		begin := b.Len()
		for i, s := range l {
			text := Clean(ClipWords(s.Text, MaxSpan))
			if i == len(l)-1 {
				text = strings.TrimRight(text, " ")
			}
			if color && s.Style != Normal && text != "" {
				fmt.Fprintf(&b, "\x1b[%sm%s\x1b[0m", string(s.Style), text)
			} else {
				b.WriteString(text)
			}
		}
		// Two harmless spans may make a command together.
		if whole := b.String()[begin:]; !color && disarm(whole) != whole {
			b.Truncate(begin)
			b.WriteString(disarm(whole))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Table adds rows with columns as wide as their widest cell, two spaces apart, indented.
func (p *Page) Table(indent int, rows []Line) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell.Text))
		}
	}
	for _, row := range rows {
		for len(row) > 0 && row[len(row)-1].Text == "" {
			row = row[:len(row)-1]
		}
		padded := Line{Textf("%s", strings.Repeat(" ", indent))}
		for i, cell := range row {
			padded = append(padded, cell)
			if i < len(row)-1 {
				padded = append(padded, Textf("%s", strings.Repeat(" ", widths[i]-width(cell.Text)+2)))
			}
		}
		p.Add(padded...)
	}
}

// width is the number of characters that cleaned text takes.
func width(text string) int { return utf8.RuneCountInString(Clean(ClipWords(text, MaxSpan))) }
