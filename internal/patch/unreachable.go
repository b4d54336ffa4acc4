package patch

import (
	"slices"

	"github.com/howdah/howdah/internal/fault"
)

// Reachable is the series without the changes of which something cannot be had.
func (s *Series) Reachable(missing map[*Change]*fault.Error) *Series {
	if len(missing) == 0 {
		return s
	}
	out := &Series{Resolutions: s.Resolutions}
	for _, c := range s.Changes {
		if missing[c] == nil {
			out.Changes = append(out.Changes, c)
		}
	}
	return out
}

// Complete puts the changes that could not be had into the result of the others, in the order of the whole series:
// they are idle, with the remark unreachable, or without where they were left out anyway.
func (r *Result) Complete(s *Series, missing map[*Change]*fault.Error, in Inputs, without []string) {
	if len(missing) == 0 {
		return
	}
	judged := map[*Change]Outcome{}
	for _, o := range r.Outcomes {
		judged[o.Change] = o
	}
	r.Outcomes = nil
	t, behind := in.Base, ""
	for _, c := range s.Changes {
		o, ok := judged[c]
		if !ok {
			o = Outcome{Change: c, Verdict: Idle, Before: t, After: t, Remarks: []Remark{Unreachable}, Message: missing[c].Error(), Hint: missing[c].Hint, Error: missing[c]}
			if slices.Contains(without, c.Name) {
				o.Remarks, o.Message, o.Hint, o.Error = []Remark{Without}, "left out on request", fault.Hint{}, nil
			}
			behind = c.Name
		} else if o.Verdict.Fails() && o.Hint.IsZero() && behind != "" {
			o.Hint = fault.Hintf("%s is missing before it, which may be the reason", behind)
		}
		t = o.After
		r.Outcomes = append(r.Outcomes, o)
	}
}
