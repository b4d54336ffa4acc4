package verdict_test

import (
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// TestUnreachable judges a series without what cannot be had, and tells of all of it in its own order.
func TestUnreachable(t *testing.T) {
	mem := applytest.NewStore()
	base := mem.Put(t, map[string]*tree.File{"f": {Mode: tree.Regular, Data: []byte("1\n")}})
	next := mem.Put(t, map[string]*tree.File{"f": {Mode: tree.Regular, Data: []byte("2\n")}})
	first, away, needy, told := &series.Change{Name: "first"}, &series.Change{Name: "away"}, &series.Change{Name: "needy"},
		&series.Change{Name: "told"}
	proof := &series.Change{Name: "proof", Kind: series.KindLanded}
	whole := &series.Series{Changes: []*series.Change{first, away, needy, told, proof}}
	missing := map[*series.Change]*fault.Error{away: fault.New(fault.Retry, "no answer").WithHint("try again")}

	if whole.Reachable(nil) != whole {
		t.Error("nothing is missing, and the series is another")
	}
	if got := whole.Reachable(missing).Changes; !slices.Equal(got, []*series.Change{first, needy, told, proof}) {
		t.Errorf("reachable: %v", got)
	}
	for name, c := range map[string]struct {
		without             []string
		remark              verdict.Remark
		message, hint, lost string
	}{
		"unreachable": {nil, verdict.Unreachable, "no answer", "try again",
			"away is missing before it, which may be the reason"},
		"left out": {[]string{"away"}, verdict.Without, "left out on request", "",
			"away is missing before it, which may be the reason"},
	} {
		r := &verdict.Result{Outcomes: []verdict.Outcome{
			{Change: first, Verdict: verdict.Clean, Before: base, After: next},
			{Change: needy, Verdict: verdict.Conflict, Before: next, After: next},
			{Change: told, Verdict: verdict.Conflict, Before: next, After: next, Hint: fault.Hintf("its own")},
			{Change: proof, Verdict: verdict.Conflict, Before: next, After: next},
		}}
		r = r.Complete(whole, missing, base, c.without)
		var order []*series.Change
		for _, o := range r.Outcomes {
			order = append(order, o.Change)
		}
		if !slices.Equal(order, whole.Changes) {
			t.Fatalf("%s: the order is %v", name, order)
		}
		o := r.Outcomes[1]
		if o.Verdict != verdict.Idle || !slices.Equal(o.Remarks, []verdict.Remark{c.remark}) || o.Message != c.message ||
			o.Hint.String() != c.hint || (o.Error != nil) != (c.remark == verdict.Unreachable) {
			t.Errorf("%s: %+v", name, o)
		}
		if o.Before != next || o.After != next {
			t.Errorf("%s: it does not stand on what the change before it made", name)
		}
		if r.Outcomes[2].Hint.String() != c.lost || r.Outcomes[3].Hint.String() != "its own" ||
			!r.Outcomes[4].Hint.IsZero() {
			t.Errorf("%s: hints %q, %q and %q", name, r.Outcomes[2].Hint, r.Outcomes[3].Hint, r.Outcomes[4].Hint)
		}
	}
}
