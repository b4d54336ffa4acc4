package apply

import (
	"context"
	"sort"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// clash tells a change that upstream broke from one that only an earlier change of the series is in the way of: alone
// it would apply, and the first change after which it does not is named.
func (r *Run) clash(ctx context.Context, c *series.Change, o verdict.Outcome,
	sofar *verdict.Result) (verdict.Outcome, error) {
	defer r.explore()()
	alone, err := r.judge(ctx, c, r.in.Base)
	if err != nil || !alone.verdict.Applies() {
		return o, err
	}
	n, err := r.firstAfter(ctx, c, r.present.before(o, sofar.Outcomes),
		func(j *judgement) bool { return !j.verdict.Applies() })
	if err != nil || n == nil {
		return o, err
	}
	o.Clash = n.Change.Name
	o.Message += "; " + n.Change.Name + " makes it fail; without that change it would apply"
	return o, nil
}

// explore has what is tried besides the series itself counted by itself, until what it returns is called.
func (r *Run) explore() (done func()) {
	before := r.cost
	r.cost = &r.explored
	return func() { r.cost = before }
}

// brief says that where a change fails does not matter.
func (r *Run) brief() bool { return r.in.Brief || r.cost == &r.explored }

// firstAfter is the first of earlier changes after which a change is judged as is asked. Of many, it is one after which
// it is and before which it is not.
func (r *Run) firstAfter(ctx context.Context, c *series.Change, before []*verdict.Outcome,
	is func(*judgement) bool) (*verdict.Outcome, error) {
	var failed error
	asked := func(i int) bool {
		if failed != nil {
			return true
		}
		j, err := r.judge(ctx, c, before[i].After)
		failed = err
		return err == nil && is(j)
	}
	i := 0
	if len(before) > maxSuspects {
		i = sort.Search(len(before), asked)
	} else {
		for i < len(before) && !asked(i) {
			i++
		}
	}
	if failed != nil || i == len(before) {
		return nil, failed
	}
	return before[i], nil
}
