package fork

import (
	"regexp"
	"strings"
)

// fixupPrefix matches what git commit --fixup and --squash put before the subject of the commit that they fix.
var fixupPrefix = regexp.MustCompile(`^(?:(?:fixup|squash|amend)! ?)+`)

// fixupTies ties each fixup commit to the newest earlier commit with the subject that it names.
func (g *groups) fixupTies(own []int) []tie {
	last := map[string]int{}
	var out []tie
	for i := range g.t.h.commits {
		u := g.t.h.unit[i]
		title := oneLine(g.t.h.units[u].title)
		what := fixupPrefix.ReplaceAllString(title, "")
		if of, ok := last[strings.ToLower(what)]; ok && what != title && of != u && own[u] > 0 && own[of] > 0 {
			out = append(out, tie{of, u, 1})
		} else if what == title {
			last[strings.ToLower(what)] = u
		}
	}
	return out
}
