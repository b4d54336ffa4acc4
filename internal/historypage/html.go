package historypage

import (
	"fmt"
	"html"
	"strings"
)

// SVG is the small picture, for a README: no links, which an image cannot have.
func SVG(s Strip) []byte {
	d := drawing{layout: readme, strip: s}
	d.strip.Upstream = ""
	used := s.used()
	keys := place(used, d.layout)
	height := d.height()
	if n := len(keys); n > 0 {
		height = keys[n-1].y + d.end() + 20
	}
	d.printf(
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" `+
			`role="img" aria-label="%s">`+"\n",
		d.width, height, d.width, height, html.EscapeString(clean(s.summary())))
	d.printf("<title>%s</title>\n<style>%s</style>\n", html.EscapeString(clean(s.summary())), style(used, d.layout, "svg"))
	d.printf(`<rect width="%.0f" height="%.0f" rx="8" class="paper"/>`+"\n", d.width, height)
	d.draw()
	for i, l := range used {
		x, y := keys[i].x, keys[i].y+d.end()
		d.printf(`<g class="cell %s"><rect x="%.1f" y="%.1f" width="20" height="11" rx="2" class="fill"/>`, l.verdict, x, y)
		if l.pattern != "" {
			d.printf(`<rect x="%.1f" y="%.1f" width="20" height="11" rx="2" fill="url(#p-%s)" class="over"/>`, x, y, l.verdict)
		}
		d.printf(`</g><text x="%.1f" y="%.1f" class="key">%s</text>`+"\n", x+24, y+9, l.verdict)
	}
	d.printf("</svg>\n")
	return []byte(d.b.String())
}

type point struct{ x, y float64 }

// place puts the legend's keys under the strip, in as many lines as they need.
func place(used []look, l layout) []point {
	var out []point
	at := point{l.left, l.bottom}
	for _, u := range used {
		wide := 24 + float64(len(u.verdict))*l.perLetter + 12
		if at.x+wide > l.width && at.x > l.left {
			at = point{l.left, at.y + 17}
		}
		out = append(out, at)
		at.x += wide
	}
	return out
}

// HTML is the page: the picture with links and words for every cell, a legend, and the same as a table.
func HTML(s Strip) []byte {
	d := drawing{layout: page, strip: s}
	used := s.used()
	d.printf(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<style>%s%s</style>
</head>
<body>
<header>
<h1>%[1]s</h1>
<p>%[4]s</p>
</header>
`, html.EscapeString(clean(s.Title)), style(used, d.layout, "figure"), pageStyle, html.EscapeString(s.subtitle()))
	d.today()
	d.printf("<figure>\n")
	d.printf(`<svg viewBox="0 0 %.0f %.0f" role="group" aria-label="%s">`+"\n", d.width, d.height(),
		html.EscapeString(clean(s.summary())))
	d.heads()
	d.draw()
	d.printf("</svg>\n</figure>\n")
	d.legend(used)
	d.table()
	if s.Method != "" {
		d.printf("<h2>The forecast</h2>\n<p class=\"method\">%s</p>\n", html.EscapeString(clean(s.Method)))
	}
	d.printf("</body>\n</html>\n")
	return []byte(d.b.String())
}

// today is what a phone shows first: each change as it is now, and its risk. On a wide screen the picture has both.
func (d *drawing) today() {
	d.printf("<ul class=\"today\">\n")
	for _, r := range d.strip.Rows {
		word := html.EscapeString(r.now())
		if lookOf(r.now()).bad() {
			word = "<strong>" + word + "</strong>"
		}
		risk := ""
		if r.Risk >= 0 && d.strip.Ahead > 0 {
			risk = percent(r.Risk)
		}
		d.printf("<li><span>%s</span><b>%s</b><i>%s</i></li>\n", word, html.EscapeString(clean(r.Name)), risk)
	}
	if d.strip.Ahead > 0 {
		d.printf("<li><span></span><b></b><i>risk, next %d</i></li>\n", d.strip.Ahead)
	}
	d.printf("</ul>\n")
}

// heads names the columns of words.
func (d *drawing) heads() {
	d.printf(`<g class="months"><text x="%.1f" y="%.1f">now</text>`, d.right+12, d.top-d.small-1)
	if d.strip.Ahead > 0 {
		d.printf(`<text x="%.1f" y="%.1f" text-anchor="end">risk, next %d</text>`, d.width-12, d.top-d.small-1, d.strip.Ahead)
	}
	d.printf("</g>\n")
}

func (d *drawing) legend(used []look) {
	d.printf("<ul class=\"legend\">\n")
	for _, l := range used {
		d.printf(
			`<li><svg viewBox="0 0 34 16" width="34" height="16" aria-hidden="true"><g class="cell %s">`+
				`<rect width="34" height="16" rx="3" class="fill"/>`, l.verdict)
		if l.pattern != "" {
			d.printf(`<rect width="34" height="16" rx="3" fill="url(#p-%s)" class="over"/>`, l.verdict)
		}
		if l.letter != "" {
			d.printf(
				`<rect x="10" y="1.5" width="14" height="13" rx="2" class="fill"/>`+
					`<text x="17" y="12" text-anchor="middle">%s</text>`, l.letter)
		}
		d.printf("</g></svg><b>%s</b> %s</li>\n", l.verdict, html.EscapeString(l.says))
	}
	d.printf("</ul>\n")
}

// table says in words what the picture shows, newest first.
func (d *drawing) table() {
	d.printf("<h2>Every span</h2>\n<div class=\"scroll\"><table>\n" +
		"<thead><tr><th>verdict<th>from<th>to<th class=\"n\">commits<th>by</tr></thead>\n")
	for _, r := range d.strip.Rows {
		d.printf("<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"5\">%s", html.EscapeString(clean(r.Name)))
		if r.Why != "" {
			d.printf(` <span>%s</span>`, html.EscapeString(clean(r.Why)))
		}
		d.printf("</tr>\n")
		for i := len(r.Spans) - 1; i >= 0; i-- {
			s := r.Spans[i]
			word := html.EscapeString(s.Verdict)
			if lookOf(s.Verdict).bad() {
				word = "<strong>" + word + "</strong>"
			}
			by := ""
			if s.By != nil && s.By.ID != "" {
				by = d.link(*s.By, true)
			}
			if s.Message != "" {
				by += "<small>" + html.EscapeString(clean(s.Message)) + "</small>"
			}
			d.printf("<tr><td>%s<td>%s<td>%s<td class=\"n\">%s<td>%s</tr>\n", word, d.link(s.From, false), d.link(s.To, false),
				thousands(s.Commits), by)
		}
		d.printf("</tbody>\n")
	}
	d.printf("</table></div>\n")
}

// link is a commit in the table: its day, or its subject.
func (d *drawing) link(c Commit, whole bool) string {
	text := day(c.Date) + ` <code>` + html.EscapeString(c.short()) + `</code>`
	target := c
	if whole {
		text = html.EscapeString(clean(c.Subject)) + ` <code>` + html.EscapeString(c.short()) + `</code> ` + day(c.Date)
	} else {
		target.Pull = 0
	}
	if href := d.strip.href(target); href != "" {
		return fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(href), text)
	}
	return text
}

// subtitle is the range and what came of it.
func (s Strip) subtitle() string {
	return fmt.Sprintf("%s to %s: %s. %s.", day(s.From), day(s.To), s.counted(), s.standing())
}

// standing counts the changes by how they stand now.
func (s Strip) standing() string {
	counts := map[string]int{}
	for _, r := range s.Rows {
		counts[r.now()]++
	}
	var parts []string
	for i := len(looks) - 1; i >= 0; i-- {
		if n := counts[looks[i].verdict]; n > 0 {
			parts = append(parts, itoa(n)+" "+looks[i].verdict)
		}
	}
	return counted(len(s.Rows), "change") + ": " + strings.Join(parts, ", ")
}

func (s Strip) summary() string { return s.Title + ". " + s.subtitle() }
