package term

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// table is rows of a page whose columns are as wide as their widest cell, if the terminal is wide enough.
type table struct {
	from, indent int // the index of its first line in the page
	rows         []Line
}

// gap is the space between columns; least is the smallest width of a column, and leastCut that of one whose cells may
// be cut, while others can still shrink. A word of at most longName columns, such as an image's name, is not broken
// while another column can still shrink.
const gap, least, leastCut, longName = 2, 8, 20, 40

// Table adds rows with columns as wide as their widest cell, two spaces apart, indented. On a narrow terminal, a cell
// continues on the next lines within its column, unless it may be cut.
func (p *Page) Table(indent int, rows []Line) {
	t := table{len(p.lines), indent, rows}
	p.tables = append(p.tables, t)
	p.lines = append(p.lines, t.lines(0)...)
}

// Fit returns the page for a terminal of this width, in columns: wider tables get a new layout. 0 means no limit.
func (p Page) Fit(width int) Page {
	var out Page
	at := 0
	for _, t := range p.tables {
		out.lines = append(out.lines, wrapped(p.lines[at:t.from], width)...)
		out.lines = append(out.lines, t.lines(width)...)
		at = t.from + len(t.lines(0))
	}
	out.lines = append(out.lines, wrapped(p.lines[at:], width)...)
	return out
}

// wrapped breaks lines that are wider than a terminal between words, keeping their indentation. A command that such a
// line proposes is copied: it begins a line of its own, which is not broken.
func wrapped(lines []Line, width int) []Line {
	var out []Line
	for _, l := range lines {
		text := ""
		for _, s := range l {
			text += Clean(ClipWords(s.Text, MaxSpan))
		}
		if width <= 0 || utf8.RuneCountInString(text) <= width || l[0].unbroken {
			out = append(out, l)
			continue
		}
		if l[0].gutter {
			out = append(out, l.wrapped(width)...)
			continue
		}
		before, proposed := l.splitCommand(text)
		if len(before) > 0 {
			out = append(out, before.wrapped(width)...)
		}
		if len(proposed) > 0 {
			out = append(out, proposed)
		}
	}
	return out
}

// splitCommand splits a line, which has this text, before the command that it proposes, unless only a label such as
// "next:" is before it. The command is indented by two columns more than the line.
func (l Line) splitCommand(text string) (before, proposed Line) {
	if !proposes(text) {
		return l, nil
	}
	at := command.FindStringIndex(text)[0]
	if len(strings.Fields(text[:at])) < 2 {
		return nil, l
	}
	at += len(text[at:]) - len(strings.TrimLeft(text[at:], ":;,( "))
	deep := len(text) - len(strings.TrimLeft(text, " ")) + 2
	proposed = Line{Textf("%s", strings.Repeat(" ", deep))}
	for _, s := range l {
		s.Text = Clean(ClipWords(s.Text, MaxSpan))
		n := min(len(s.Text), at)
		at -= n
		if n > 0 {
			before = append(before, Span{style: s.style, Text: s.Text[:n]})
		}
		if n < len(s.Text) {
			proposed = append(proposed, Span{style: s.style, Text: s.Text[n:]})
		}
	}
	return before, proposed
}

// proposes reports whether a line proposes a command. A headline does not, although a distribution may be named
// "howdah".
func proposes(text string) bool { return command.MatchString(text) && !strings.Contains(text, " · ") }

// command matches a program and its arguments in a text that proposes them.
var command = regexp.MustCompile(
	`(^ *|[:;,(] *)(HOWDAH_[A-Z]+=\S+ )*(\S*/)?(howdah|go tool \w+|git|docker|apt-get|systemctl|curl) [a-z-]`)

// wrapped breaks a line between words into lines of at most width columns. They stay right of its gutter, or keep its
// indentation; without any, they are indented by two.
func (l Line) wrapped(width int) []Line {
	var out []Line
	var line Line
	column, deep := 0, -1
	for _, s := range l {
		text := Clean(ClipWords(s.Text, MaxSpan))
		switch {
		case deep >= 0:
		case s.gutter:
			deep = utf8.RuneCountInString(text)
		default:
			deep = max(len(text)-len(strings.TrimLeft(text, " ")), 2)
		}
		for word := range strings.SplitAfterSeq(text, " ") {
			n := utf8.RuneCountInString(strings.TrimRight(word, " "))
			if column+n > width && column > deep {
				out = append(out, line)
				line, column = Line{Textf("%s", strings.Repeat(" ", deep))}, deep
			}
			line = append(line, Span{style: s.style, Text: word})
			column += utf8.RuneCountInString(word)
		}
	}
	return append(out, line)
}

// lines returns the table in at most width columns.
func (t table) lines(width int) []Line {
	widths := t.widths(width)
	long := t.long(widths)
	if len(long) > 0 {
		widths = table{rows: t.without(long), indent: t.indent}.widths(width)
	}
	var out []Line
	for n, row := range t.rows {
		var below Span
		if long[n] {
			row, below = row[:len(row)-1], row[len(row)-1]
		}
		for len(row) > 0 && row[len(row)-1].Text == "" {
			row = row[:len(row)-1]
		}
		parts := make([][]string, len(row))
		deep := 1
		for i, cell := range row {
			parts[i] = []string{cell.Text}
			if width > 0 && columns(cell.Text) > widths[i] {
				text := Clean(ClipWords(cell.Text, MaxSpan))
				if parts[i] = []string{clip(text, widths[i])}; !cell.cut {
					parts[i] = breakAt(text, widths[i])
				}
			}
			deep = max(deep, len(parts[i]))
		}
		for n := range deep {
			padded := Line{Textf("%s", strings.Repeat(" ", t.indent))}
			for i, cell := range row {
				text := ""
				if n < len(parts[i]) {
					text = parts[i][n]
				}
				padded = append(padded, Span{style: cell.style, Text: text})
				if i < len(row)-1 {
					padded = append(padded, Textf("%s", strings.Repeat(" ", max(widths[i]-columns(text), 0)+gap)))
				}
			}
			out = append(out, padded)
		}
		if long[n] {
			deep := t.indent + 2*gap
			for _, text := range breakAt(Clean(ClipWords(below.Text, MaxSpan)), width-deep) {
				out = append(out, Line{Textf("%s", strings.Repeat(" ", deep)), {style: below.style, Text: text}})
			}
		}
	}
	return out
}

// widths returns the columns' widths: those whose cells may be cut shrink first, then the widest, until all fit.
func (t table) widths(width int) []int {
	var widths []int
	var cut []bool
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths, cut = append(widths, 0), append(cut, false)
			}
			widths[i], cut[i] = max(widths[i], columns(cell.Text)), cut[i] || cell.cut
		}
	}
	if width <= 0 {
		return widths
	}
	for i := range widths {
		sum := t.indent + gap*(len(widths)-1)
		for _, w := range widths {
			sum += w
		}
		if cut[i] && sum > width && widths[i] > leastCut {
			widths[i] = max(leastCut, widths[i]-(sum-width))
		}
	}
	return t.shrunk(t.shrunk(widths, width, t.names(len(widths))), width, make([]int, len(widths)))
}

// names returns the width of each column's longest name.
func (t table) names(columnsOfRow int) []int {
	longest := make([]int, columnsOfRow)
	for _, row := range t.rows {
		for i, cell := range row {
			for word := range strings.FieldsSeq(cell.Text) {
				if n := columns(word); n <= longName && !cell.cut {
					longest[i] = max(longest[i], n)
				}
			}
		}
	}
	return longest
}

// shrunk makes the widest column narrower until the table fits, or until each has its floor, or least.
func (t table) shrunk(widths []int, width int, floors []int) []int {
	for {
		sum, widest, second := t.indent+gap*(len(widths)-1), -1, 0
		for i, w := range widths {
			sum += w
			switch {
			case w <= max(floors[i], least):
			case widest < 0:
				widest = i
			case w > widths[widest]:
				widest, second = i, widths[widest]
			default:
				second = max(second, w)
			}
		}
		if widest < 0 || sum <= width {
			return widths
		}
		floor := max(floors[widest], least)
		widths[widest] = max(floor, min(widths[widest]-1, max(second-1, widths[widest]-(sum-width))))
	}
}

// breakAt breaks a text into lines of at most width columns: at a space, or else after a slash, or else after a dash,
// in the second half of a line.
func breakAt(text string, width int) []string {
	var out []string
	for {
		runes := []rune(text)
		if len(runes) <= width {
			return append(out, text)
		}
		at := 0
		for i := width; i > width/2 && at == 0; i-- {
			if runes[i] == ' ' {
				at = i
			}
		}
		for _, mark := range "/-" {
			for i := width; i > width/2 && at == 0; i-- {
				if runes[i-1] == mark {
					at = i
				}
			}
		}
		if at == 0 {
			at = width
		}
		out = append(out, strings.TrimRight(string(runes[:at]), " "))
		text = strings.TrimLeft(string(runes[at:]), " ")
	}
}

// columns returns how many characters cleaned text takes.
func columns(text string) int { return utf8.RuneCountInString(Clean(ClipWords(text, MaxSpan))) }
