package fork

import (
	"regexp"
	"strings"
)

// mends is what git commit --fixup and --squash put before the subject of the commit that is mended.
var mends = regexp.MustCompile(`^(?:(?:fixup|squash|amend)! ?)+`)

// mended ties a commit that says by its subject which one it mends to the newest one before it that has this subject.
func (g *grouping) mended(own []int) []tie {
	last := map[string]int{}
	var out []tie
	for i := range g.t.h.commits {
		u := g.t.h.unit[i]
		title := clean(g.t.h.units[u].title)
		what := mends.ReplaceAllString(title, "")
		if of, ok := last[strings.ToLower(what)]; ok && what != title && of != u && own[u] > 0 && own[of] > 0 {
			out = append(out, tie{of, u, 1})
		} else if what == title {
			last[strings.ToLower(what)] = u
		}
	}
	return out
}
