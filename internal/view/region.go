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

// sides adds the three sides of a region, in the styles of base, upstream and yours. Each begins where its side's own
// change does, the base where yours does.
func (c Conflict) sides(p *term.Page, styles [3]term.Style) {
	none := map[string]string{c.Lacks: "(no such file)"}
	upstream, yours := firstShown(c.Upstream, c.Base), firstShown(c.Yours, c.Base)
	for i, one := range []side{{"base", c.Base, yours}, {"upstream", c.Upstream, upstream}, {"yours", c.Yours, yours}} {
		one.add(p, styles[i], cmp.Or(none[one.name], "(nothing)"))
	}
}

// firstShown returns the first line of a side that is shown: 0, unless the lines that it shares with the base would
// leave no place for what it changed.
func firstShown(lines, base []string) int {
	const context = 2 // lines before the change
	same := 0
	for same < min(len(lines), len(base)) && lines[same] == base[same] {
		same++
	}
	if same <= sideLinesShown/2 || same == len(lines) && same == len(base) {
		return 0
	}
	return same - context
}

// side is one side of a region.
type side struct {
	name  string
	lines []string
	first int // of lines, the first that is shown
}

// add adds the side. What does not fit on a line goes on below it, behind the bar.
func (o side) add(p *term.Page, s term.Style, none string) {
	bar := func(name string) term.Span { return s.Of("    %-8s | ", name).Gutter() }
	name := o.name
	if len(o.lines) == 0 {
		p.Add(bar(name), term.Dim.Of("%s", none))
	}
	if o.first > 0 {
		p.Add(bar(name), term.Dim.Of("… %s before", plural.Of(o.first, "line")))
		name = ""
	}
	for i, l := range o.lines[o.first:] {
		if i == sideLinesShown {
			p.Add(bar(""), term.Dim.Of("… %s more", plural.Of(len(o.lines)-o.first-i, "line")))
			return
		}
		if i > 0 {
			name = ""
		}
		p.Add(bar(name), s.Of("%s", term.Clip(strings.ReplaceAll(l, "\t", "    "), 160)))
	}
}
