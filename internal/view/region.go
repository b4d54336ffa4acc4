package view

import (
	"cmp"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/term"
)

// Limits on the regions of conflicts in a report; dist/patch-check.json has all that package conflict keeps.
const (
	maxRegionsShown   = 20  // of one change
	maxSideLinesShown = 600 // of all changes
	sideLinesShown    = 8   // of each side of a region; patch:new's work tree has the rest
)

// regions adds the regions in which upstream and the change differ, while lines are left for them.
func (c Change) regions(p *term.Page, left *int) {
	for i, one := range c.Conflicts {
		if i == maxRegionsShown || *left <= 0 {
			more := plural.Of(len(c.Conflicts)-i, "region")
			p.Add(term.Textf("  … %s more; all are in dist/patch-check.json", more))
			return
		}
		p.Add(term.Textf("  in %s%s", Place{File: one.File, Line: one.Line}.place(), one.base()))
		one.sides(p, [3]term.Style{term.Dim, term.Green, term.Yellow})
		*left--
		for _, lines := range [][]string{one.Base, one.Upstream, one.Yours} {
			*left -= min(len(lines), sideLinesShown)
		}
	}
}

// base returns where a conflict's base comes from, in words; "" if it is upstream's.
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

// sides adds the three sides of a region, in the styles of base, upstream and yours.
func (c Conflict) sides(p *term.Page, styles [3]term.Style) {
	none := map[string]string{c.Lacks: "(no such file)"}
	side(p, "base", c.Base, styles[0], cmp.Or(none["base"], "(nothing)"))
	side(p, "upstream", c.Upstream, styles[1], cmp.Or(none["upstream"], "(nothing)"))
	side(p, "yours", c.Yours, styles[2], cmp.Or(none["yours"], "(nothing)"))
}

// side adds one side. What does not fit on a line goes on below it, behind the bar.
func side(p *term.Page, name string, lines []string, s term.Style, none string) {
	bar := func(name string) term.Span { return s.Of("    %-8s | ", name).Gutter() }
	if len(lines) == 0 {
		p.Add(bar(name), term.Dim.Of("%s", none))
	}
	for i, l := range lines {
		if i == sideLinesShown {
			p.Add(bar(""), term.Dim.Of("… %s more", plural.Of(len(lines)-i, "line")))
			return
		}
		if i > 0 {
			name = ""
		}
		p.Add(bar(name), s.Of("%s", term.Clip(strings.ReplaceAll(l, "\t", "    "), 160)))
	}
}
