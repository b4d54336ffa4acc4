package historypage

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/plural"
)

// cell is a span and where it is drawn.
type cell struct {
	Span
	x, width float64
}

// cells draws a row's spans, the short ones last so that none is covered.
func (d *drawing) cells(y float64, r Row) {
	var all []cell
	for i, s := range r.Spans {
		from, to := d.x(s.From.Date), d.right
		if i == 0 {
			from = d.left
		}
		if i+1 < len(r.Spans) {
			to = d.x(r.Spans[i+1].From.Date)
		}
		c := cell{Span: s, x: from, width: to - from}
		if c.width < d.narrow {
			c.x, c.width = max(d.left, min(c.x-(d.narrow-c.width)/2, d.right-d.narrow)), d.narrow
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b cell) int {
		switch {
		case a.width > b.width:
			return -1
		case a.width < b.width:
			return 1
		}
		return 0
	})
	for _, c := range all {
		d.cell(y, r, c)
	}
}

func (d *drawing) cell(y float64, r Row, c cell) {
	l := lookOf(c.Verdict)
	link := d.strip.href(c.From)
	if c.By != nil {
		link = d.strip.href(*c.By)
	}
	title := html.EscapeString(d.strip.explain(r, c.Span))
	if link != "" {
		d.printf(`<a href="%s" target="_blank" rel="noopener" aria-label="%s">`, html.EscapeString(link), title)
	}
	d.printf(`<g class="cell %s"><title>%s</title>`, l.verdict, title)
	shape := fmt.Sprintf(`x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f"`, c.x+0.5, y, max(1, c.width-1), d.row,
		min(3, c.width/3))
	d.printf(`<rect %s class="fill"/>`, shape)
	if l.pattern != "" {
		d.printf(`<rect %s fill="url(#p-%s)" class="over"/>`, shape, l.verdict)
	}
	d.label(y, c, l)
	d.printf("</g>")
	if link != "" {
		d.printf("</a>")
	}
	d.printf("\n")
}

// label writes into a cell what it has room for: the verdict and the pull request, or a letter.
func (d *drawing) label(y float64, c cell, l look) {
	var options []string
	if c.By != nil && c.By.Pull > 0 {
		options = append(options, fmt.Sprintf("%s · #%d", l.verdict, c.By.Pull), fmt.Sprintf("%s #%d", l.letter, c.By.Pull))
	} else if c.By != nil && c.By.ID != "" {
		options = append(options, l.verdict+" · "+c.By.short())
	}
	if l.letter != "" {
		options = append(options, l.verdict, l.letter)
	}
	for _, text := range options {
		wide := float64(len([]rune(text)))*d.perLetter*d.small/d.text + 4
		if wide+4 > c.width {
			continue
		}
		base := y + d.row/2 + d.small*0.35
		d.printf(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2" class="fill"/>`, c.x+4, y+(d.row-d.small-3)/2,
			wide, d.small+3)
		d.printf(`<text x="%.1f" y="%.1f">%s</text>`, c.x+6, base, html.EscapeString(text))
		return
	}
}

// explain is what a cell says when it is pointed at.
func (s Strip) explain(r Row, c Span) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", r.Name, c.Verdict)
	if l := lookOf(c.Verdict); l.says != c.Verdict {
		fmt.Fprintf(&b, " (%s)", l.says)
	}
	if c.Message != "" {
		fmt.Fprintf(&b, "\n%s", c.Message)
	}
	if c.By != nil && c.By.ID != "" {
		fmt.Fprintf(&b, "\nby %s", c.By)
	}
	fmt.Fprintf(&b, "\n%s to %s, %s", c.From.place(), c.To.place(), counted(c.Commits, "upstream commit"))
	return cleanLines(b.String())
}

// String is the commit in a line.
func (c Commit) String() string {
	parts := []string{c.short()}
	if c.Subject != "" {
		parts = append(parts, c.Subject)
	}
	if c.Pull > 0 && !strings.Contains(c.Subject, "#"+itoa(c.Pull)) {
		parts = append(parts, "#"+itoa(c.Pull))
	}
	return strings.Join(parts, " ") + ", " + day(c.Date)
}

func (c Commit) place() string { return day(c.Date) + " " + c.short() }

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

func cleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

// counted is a number with its noun, its digits in groups.
func counted(n int, noun string) string { return thousands(n) + " " + plural.Noun(n, noun) }

// thousands groups digits: 2,587.
func thousands(n int) string {
	s := itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// counted is the range in a line.
func (s Strip) counted() string {
	return fmt.Sprintf("%s, %s of the files that the series names", counted(s.Commits, "upstream commit"),
		counted(len(s.States), "state"))
}
