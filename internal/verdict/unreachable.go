package verdict

import (
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Complete adds the changes that could not be read to the result of the others, in the order of the whole series:
// they are idle with the remark unreachable, or the remark without if they were left out anyway. A change that fails
// behind one of them gets that as a hint; a landed entry does not, which only upstream's history decides.
func (r *Result) Complete(s *series.Series, missing map[*series.Change]*fault.Error, base *tree.Tree,
	without []string) *Result {
	if len(missing) == 0 {
		return r
	}
	out := &Result{Tree: r.Tree}
	judged := map[*series.Change]Outcome{}
	for _, o := range r.Outcomes {
		judged[o.Change] = o
	}
	t, behind := base, ""
	for _, c := range s.Changes {
		o, ok := judged[c]
		if !ok {
			o = Outcome{Change: c, Verdict: Idle, Before: t, After: t, Remarks: []Remark{Unreachable},
				Message: missing[c].Error(), Hint: missing[c].Hint, Error: missing[c]}
			if slices.Contains(without, c.Name) {
				o.Remarks, o.Message, o.Hint, o.Error = []Remark{Without}, "left out on request", fault.Hint{}, nil
			}
			behind = c.Name
		} else if o.Verdict.Fails() && o.Hint.IsZero() && behind != "" && c.Kind != series.KindLanded {
			o.Hint = fault.Hintf("%s is missing before it, which may be the reason", behind)
		}
		t = o.After
		out.Outcomes = append(out.Outcomes, o)
	}
	return out
}
