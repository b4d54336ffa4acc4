package historypage

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// layout has the sizes of a drawing, in SVG units.
type layout struct {
	width, left, right float64 // right: where the cells end and the text begins
	top, row, gap      float64
	bottom             float64
	text, small        float64 // font sizes
	perLetter          float64 // the width of a letter, roughly
	narrow             float64 // the least width of a cell
	words              bool    // with a column for forecasts
}

var (
	page = layout{width: 1180, left: 196, right: 972, top: 58, row: 26, gap: 9, bottom: 34, text: 13, small: 11,
		perLetter: 7.3, narrow: 3, words: true}
	readme = layout{width: 830, left: 142, right: 736, top: 40, row: 15, gap: 5, bottom: 30, text: 11, small: 9.5,
		perLetter: 6.2, narrow: 2.5}
)

// drawing is an SVG that is being written.
type drawing struct {
	layout
	strip Strip
	b     strings.Builder
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.b, format, args...) }

// x returns the x coordinate of a time.
func (d *drawing) x(at time.Time) float64 {
	whole := d.strip.To.Sub(d.strip.From)
	if whole <= 0 {
		return d.left
	}
	part := float64(at.Sub(d.strip.From)) / float64(whole)
	return d.left + (d.right-d.left)*min(1, max(0, part))
}

func (d *drawing) y(row int) float64 { return d.top + float64(row)*(d.row+d.gap) }

func (d *drawing) end() float64 { return d.y(len(d.strip.Rows)) - d.gap }

func (d *drawing) height() float64 { return d.end() + d.bottom }

func (d *drawing) draw() {
	d.patterns()
	d.months()
	d.rug()
	for i, r := range d.strip.Rows {
		d.change(i, r)
	}
}

// patterns defines a pattern for each verdict that occurs.
func (d *drawing) patterns() {
	d.printf("<defs>\n")
	for _, l := range d.strip.used() {
		if l.pattern != "" {
			d.printf(`<pattern id="p-%s" width="8" height="8" patternUnits="userSpaceOnUse" class="p %[1]s">%s</pattern>`+"\n",
				l.verdict, l.pattern)
		}
	}
	d.printf("</defs>\n")
}

// used returns the styles of the verdicts that occur, in the order of the legend.
func (s Strip) used() []look {
	seen := map[string]bool{}
	for _, r := range s.Rows {
		for _, span := range r.Spans {
			seen[span.Verdict] = true
		}
	}
	var out []look
	for _, l := range looks {
		if seen[l.verdict] {
			out = append(out, l)
		}
	}
	return out
}

// months draws a line at the first of each month, or of each year if the strip is long.
func (d *drawing) months() {
	from, to := d.strip.From.UTC(), d.strip.To.UTC()
	d.printf(`<g class="months">` + "\n")
	step := 1
	for _, step = range []int{1, 3, 6, 12} {
		if to.Sub(from).Hours()/24/30.4/float64(step) <= (d.right-d.left)/40 {
			break
		}
	}
	first := true
	for at := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC); !at.After(to); at = at.AddDate(0, 1, 0) {
		if at.Before(from) || (int(at.Month())-1)%step != 0 {
			continue
		}
		x := d.x(at)
		d.printf(`<path d="M%.1f %.1fV%.1f"/>`, x, d.top-6, d.end()+6)
		if x > d.right-22 {
			d.printf("\n")
			continue
		}
		if step < 12 {
			d.printf(`<text x="%.1f" y="%.1f">%s</text>`, x+3, d.top-d.small-1, at.Format("Jan"))
		}
		if first || at.Month() == time.January {
			d.printf(`<text x="%.1f" y="%.1f" class="year">%d</text>`, x+3, d.top-2*d.small-4, at.Year())
		}
		first = false
		d.printf("\n")
	}
	d.printf("</g>\n")
}

// rug draws a tick for each commit that touched a file of the series.
func (d *drawing) rug() {
	if len(d.strip.States) == 0 {
		return
	}
	d.printf(`<g class="rug"><title>%s</title><path d="`, html.EscapeString(d.strip.counted()))
	for _, at := range d.strip.States {
		d.printf("M%.1f %.1fv5", d.x(at), d.end()+9)
	}
	d.printf(`"/><text x="%.1f" y="%.1f" text-anchor="end">upstream touches it</text></g>`+"\n", d.left-10,
		d.end()+9+d.small*0.6)
}

// change draws one row: the name, the cells, the present state.
func (d *drawing) change(i int, r Row) {
	y := d.y(i)
	base := y + d.row/2 + d.text*0.35
	now := lookOf(r.now())
	d.printf(`<g class="row"><title>%s</title>`, html.EscapeString(clean(strings.TrimSpace(r.Name+"\n"+r.Why))))
	d.printf(`<text x="%.1f" y="%.1f" class="name" text-anchor="end">%s</text></g>`+"\n", d.left-10, base,
		html.EscapeString(clip(clean(r.Name), int((d.left-16)/d.perLetter))))
	d.cells(y, r)
	class := "now"
	if now.bad() {
		class = "now bad"
	}
	d.printf(`<text x="%.1f" y="%.1f" class="%s">%s</text>`+"\n", d.right+12, base, class, html.EscapeString(now.verdict))
	if d.words && r.Risk >= 0 {
		d.risk(y, base, r)
	}
}

// risk draws the forecast as a bar and a number.
func (d *drawing) risk(y, base float64, r Row) {
	const long = 52.0
	x := d.right + 84
	text := percent(r.Risk)
	d.printf(`<g class="risk"><title>%s</title>`,
		html.EscapeString(fmt.Sprintf("%s: %s that one of the next %d upstream commits breaks it", clean(r.Name), text,
			d.strip.Ahead)))
	d.printf(`<rect x="%.1f" y="%.1f" width="%.1f" height="6" rx="3" class="rail"/>`, x, y+d.row/2-3, long)
	d.printf(`<rect x="%.1f" y="%.1f" width="%.1f" height="6" rx="3" class="part"/>`, x, y+d.row/2-3, max(3, long*r.Risk))
	d.printf(`<text x="%.1f" y="%.1f" text-anchor="end">%s</text></g>`+"\n", d.width-12, base, html.EscapeString(text))
}

// percent formats a probability; it never prints 0 % or 100 %.
func percent(p float64) string {
	switch {
	case p < 0.005:
		return "< 1 %"
	case p > 0.995:
		return "> 99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:max(0, n-1)]) + "…"
}
