package view

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/term"
)

// fitting says of each file of a patch which of its hunks fit, and where upstream is most like those that do not.
func fitting(hunks []Hunk, more []MoreHunks) []string {
	counts := map[string]MoreHunks{}
	for _, m := range more {
		counts[m.File] = m
	}
	var out []string
	for len(hunks) > 0 {
		n := 1
		for n < len(hunks) && hunks[n].File == hunks[0].File {
			n++
		}
		m := counts[hunks[0].File]
		if n+m.Fit+m.Not+m.Untried > 1 {
			out = append(out, fittingFile(hunks[:n], m))
		}
		hunks = hunks[n:]
	}
	return out
}

func fittingFile(hunks []Hunk, others MoreHunks) string {
	fits := others.Fit
	var not []string
	for _, h := range hunks {
		switch {
		case h.Fits:
			fits++
		case h.Nominal:
			not = append(not, fmt.Sprintf("%d (line %d, as the patch says)", h.Hunk, h.Line))
		default:
			not = append(not, fmt.Sprintf("%d (line %d)", h.Hunk, h.Line))
		}
	}
	const most = 8
	more := ""
	if n := len(not) + others.Not; n > most {
		not = not[:min(len(not), most)]
		more = fmt.Sprintf(" and %d more", n-len(not))
	}
	if others.Untried > 0 {
		more += fmt.Sprintf("; %d were not tried, which would take too long", others.Untried)
	}
	all := len(hunks) + others.Fit + others.Not + others.Untried
	return fmt.Sprintf("%d of %s of %s %s; not: %s%s", fits, plural.Of(all, "hunk"), hunks[0].File,
		verb(fits, "fits", "fit"), strings.Join(not, ", "), more)
}

// base says where a conflict's base comes from, where that is not upstream.
func (c Conflict) base() string {
	switch {
	case c.From != "":
		return ", where upstream moved " + c.From
	case c.Supposed && c.Lacks == "upstream":
		return "; its base is not known"
	}
	if c.Supposed && c.Nominal {
		return ", at the line that the patch names, or where it is most like the patch; its base is not known"
	}
	if c.Supposed {
		return ", where it is most like the patch; its base is not known"
	}
	return ""
}

// text is what became of a file, with the commit that did it.
func (w Went) text() string {
	did := "was deleted"
	if w.To != "" {
		did = "was moved to " + w.To
	}
	return fmt.Sprintf("%s %s by %s  %s", w.File, did, w.By.about(), term.Clip(w.By.Subject, 100))
}

// mostConflicts is how many regions of one change a report shows.
const mostConflicts = 20

// maxSideLines is how many lines of conflicts a report shows in all.
const maxSideLines = 600

// sideLines is how many lines of each side are shown; the rest is in patch:new's work tree.
const sideLines = 8

// regions shows the regions in which upstream and the change differ, as long as lines are left for them.
func (c Change) regions(p *term.Page, left *int) {
	for i, one := range c.Conflicts {
		if i == mostConflicts || *left <= 0 {
			more := plural.Of(len(c.Conflicts)-i, "region")
			p.Add(term.Textf("  … %s more; all are in dist/patch-check.json", more))
			return
		}
		p.Add(term.Textf("  in %s%s", Place{File: one.File, Line: one.Line}.place(), one.base()))
		one.sides(p, [3]term.Style{term.Dim, term.Green, term.Yellow})
		*left -= 1 + min(len(one.Base), sideLines) + min(len(one.Upstream), sideLines) + min(len(one.Yours), sideLines)
	}
}

// sides shows the three sides of a region, in the styles of base, upstream and yours.
func (c Conflict) sides(p *term.Page, styles [3]term.Style) {
	none := map[string]string{c.Lacks: "(no such file)"}
	side(p, "base", c.Base, styles[0], cmp.Or(none["base"], "(nothing)"))
	side(p, "upstream", c.Upstream, styles[1], cmp.Or(none["upstream"], "(nothing)"))
	side(p, "yours", c.Yours, styles[2], cmp.Or(none["yours"], "(nothing)"))
}

func side(p *term.Page, name string, lines []string, s term.Style, none string) {
	if len(lines) == 0 {
		p.Add(s.Of("    %-8s | ", name), term.Dim.Of("%s", none))
	}
	for i, l := range lines {
		if i == sideLines {
			p.Add(s.Of("    %-8s | ", ""), term.Dim.Of("… %s more", plural.Of(len(lines)-i, "line")))
			return
		}
		if i > 0 {
			name = ""
		}
		p.Add(s.Of("    %-8s | %s", name, term.Clip(strings.ReplaceAll(l, "\t", "    "), 160)))
	}
}
