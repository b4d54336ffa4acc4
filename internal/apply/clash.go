package apply

import (
	"context"
	"sort"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// clash finds out whether a change fails only because of an earlier change of the series: whether it applies without
// the series. It then names the first change after which it no longer applies.
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

// explore charges further trials to a budget of their own, until done is called.
func (r *Run) explore() (done func()) {
	before := r.cost
	r.cost = &r.explored
	return func() { r.cost = before }
}

// alone judges a change without the earlier ones, on a budget that is for this alone: further trials may have used up
// theirs, and whether upstream has a change must not depend on them.
func (r *Run) alone(ctx context.Context, c *series.Change) (*judgement, error) {
	before := r.cost
	r.cost = &r.repeated
	defer func() { r.cost = before }()
	return r.judge(ctx, c, r.in.Base)
}

// brief reports whether the places of failures are not needed.
func (r *Run) brief() bool { return r.in.Brief || r.cost == &r.explored || r.cost == &r.repeated }

// firstAfter returns the first of the earlier changes after which the judgement on c is as asked. With many of them
// it is a binary search: the result is one after which it is so, and before which it is not.
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
