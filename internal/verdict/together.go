package verdict

import (
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// Together returns the result with, for the changes left out on request and those that are then blocked, the complete
// list of names to leave out.
func (r *Result) Together(without []string) *Result {
	if len(without) == 0 {
		return r
	}
	all := slices.Clone(without)
	var touched []int
	for i, o := range r.Outcomes {
		if o.Verdict == Blocked &&
			slices.ContainsFunc(o.Blockers, func(name string) bool { return slices.Contains(all, name) }) {
			touched = append(touched, i)
			if !slices.Contains(all, o.Change.Name) {
				all = append(all, o.Change.Name)
			}
		}
	}
	out := &Result{Tree: r.Tree, Outcomes: slices.Clone(r.Outcomes)}
	for _, i := range touched {
		out.Outcomes[i].Hint = fault.Hintf("leave out the changes that need it too: -without=%s", strings.Join(all, ","))
	}
	return out
}
