package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Page is text in lines, ready for a terminal or a log. All of it is cleaned when its bytes are made, so whoever
// fills one need not know which words came from outside.
type Page struct{ lines []line }

type line []span

// span is a run of text with one style.
type span struct {
	style style
	text  string
}

// style is an SGR code. Colour repeats what the words say, never more.
type style string

const (
	normal style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
)

func say(format string, args ...any) span { return span{normal, fmt.Sprintf(format, args...)} }

func (s style) of(format string, args ...any) span { return span{s, fmt.Sprintf(format, args...)} }

func (p *Page) add(spans ...span) { p.lines = append(p.lines, spans) }

func (p *Page) gap() {
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
		p.add(span{normal, text})
	}
}

// Append adds another page's lines.
func (p *Page) Append(other Page) { p.lines = append(p.lines, other.lines...) }

// masked is the page without secrets.
func (p Page) masked(s Secrets) Page {
	out := Page{make([]line, len(p.lines))}
	for i, l := range p.lines {
		for _, part := range l {
			out.lines[i] = append(out.lines[i], span{part.style, s.Mask(part.text)})
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
			text := Clean(clipWords(s.text, maxSpan))
			if i == len(l)-1 {
				text = strings.TrimRight(text, " ")
			}
			if color && s.style != normal && text != "" {
				fmt.Fprintf(&b, "\x1b[%sm%s\x1b[0m", string(s.style), text)
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

// table adds rows with columns as wide as their widest cell, two spaces apart, indented.
func (p *Page) table(indent int, rows []line) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell.text))
		}
	}
	for _, row := range rows {
		for len(row) > 0 && row[len(row)-1].text == "" {
			row = row[:len(row)-1]
		}
		padded := line{say("%s", strings.Repeat(" ", indent))}
		for i, cell := range row {
			padded = append(padded, cell)
			if i < len(row)-1 {
				padded = append(padded, say("%s", strings.Repeat(" ", widths[i]-width(cell.text)+2)))
			}
		}
		p.add(padded...)
	}
}

// width is the number of characters that cleaned text takes.
func width(text string) int { return utf8.RuneCountInString(Clean(clipWords(text, maxSpan))) }
