package patch

import (
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// TestUnreachable judges a series without what cannot be had, and tells of all of it in its own order.
func TestUnreachable(t *testing.T) {
	mem := newMemory()
	base := mem.tree(t, map[string]*tree.File{"f": {Mode: tree.Regular, Data: []byte("1\n")}})
	next := mem.tree(t, map[string]*tree.File{"f": {Mode: tree.Regular, Data: []byte("2\n")}})
	first, away, needy, told := &Change{Name: "first"}, &Change{Name: "away"}, &Change{Name: "needy"}, &Change{Name: "told"}
	whole := &Series{Changes: []*Change{first, away, needy, told}}
	missing := map[*Change]*fault.Error{away: fault.New(fault.Retry, "no answer").WithHint("try again")}

	if whole.Reachable(nil) != whole {
		t.Error("nothing is missing, and the series is another")
	}
	if got := whole.Reachable(missing).Changes; !slices.Equal(got, []*Change{first, needy, told}) {
		t.Errorf("reachable: %v", got)
	}
	for name, c := range map[string]struct {
		without             []string
		remark              Remark
		message, hint, lost string
	}{
		"unreachable": {nil, Unreachable, "no answer", "try again", "away is missing before it, which may be the reason"},
		"left out":    {[]string{"away"}, Without, "left out on request", "", "away is missing before it, which may be the reason"},
	} {
		r := &Result{Outcomes: []Outcome{
			{Change: first, Verdict: Clean, Before: base, After: next},
			{Change: needy, Verdict: Conflict, Before: next, After: next},
			{Change: told, Verdict: Conflict, Before: next, After: next, Hint: fault.Hintf("its own")},
		}}
		r.Complete(whole, missing, Inputs{Base: base}, c.without)
		var order []*Change
		for _, o := range r.Outcomes {
			order = append(order, o.Change)
		}
		if !slices.Equal(order, whole.Changes) {
			t.Fatalf("%s: the order is %v", name, order)
		}
		o := r.Outcomes[1]
		if o.Verdict != Idle || !slices.Equal(o.Remarks, []Remark{c.remark}) || o.Message != c.message || o.Hint.String() != c.hint || (o.Error != nil) != (c.remark == Unreachable) {
			t.Errorf("%s: %+v", name, o)
		}
		if o.Before != next || o.After != next {
			t.Errorf("%s: it does not stand on what the change before it made", name)
		}
		if r.Outcomes[2].Hint.String() != c.lost || r.Outcomes[3].Hint.String() != "its own" {
			t.Errorf("%s: hints %q and %q", name, r.Outcomes[2].Hint, r.Outcomes[3].Hint)
		}
	}
}
