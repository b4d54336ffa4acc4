package landed

import (
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// progress is how far a change was searched, and what was found.
type progress struct {
	To    tree.ID
	Found []verdict.Landing `json:",omitempty"`
	Now   mainline.Files    `json:",omitempty"` // what stands at its paths
	Was   mainline.Files    `json:",omitempty"` // what stood there before it landed

	skipped   int // commits that were not compared with the change, for want of budget
	unsettled int // commits, since it landed, that were not asked whether they took it back
}

// unread is how many commits the budget left out that could alter what was found.
func (s *progress) unread() int {
	if s.holds() {
		return s.unsettled
	}
	return s.skipped
}

// holds reports whether upstream contains the change at To.
func (s *progress) holds() bool { return len(s.Found) > 0 && s.Found[len(s.Found)-1].Holds() }

// pathsOf returns the paths that a commit touched, as one text.
func pathsOf(c mainline.Commit) string {
	all := make([]string, len(c.Touched))
	for i, t := range c.Touched {
		all[i] = t.Path
	}
	slices.Sort(all)
	return strings.Join(all, "\x00")
}
