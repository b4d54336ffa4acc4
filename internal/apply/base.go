package apply

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"

	"github.com/howdah/howdah/internal/treediff"
)

// Leads reports whether a change, applied to before, produces exactly the tree after. It is false if the change does
// not apply to before. An error is about reading something.
func (r *Run) Leads(ctx context.Context, c *series.Change, before, after *tree.Tree) (bool, error) {
	j, err := r.judge(ctx, c, before)
	if err != nil || !j.verdict.Applies() {
		return false, err
	}
	now, err := before.With(ctx, j.files)
	if err != nil {
		return false, fmt.Errorf("applying %q: %w", c.Name, err)
	}
	return now.Root() == after.Root(), nil
}

// Repeats reports whether an outcome's change, in its present form, produces on the base of the lock's entry the tree
// that it produced there when it was accepted. Known is false if there is no such base.
func (r *Run) Repeats(ctx context.Context, o verdict.Outcome) (same, known bool, err error) {
	a, err := r.accepted(ctx, o.Change)
	if err != nil || a == nil || a.before[o.Change] == nil {
		return false, false, err
	}
	now, err := treediff.Between(ctx, o.Before, o.After)
	if err != nil {
		return false, true, err
	}
	in := r.in
	in.Base, in.Memo, in.Brief = a.base, nil, false
	then := NewRun(r.s, in)
	j := newJudgement()
	v := view{a.before[o.Change], j}
	made := fileChanges{list: now, base: o.Before}.index()
	for _, one := range now {
		if err := then.merge(ctx, o.Change, v, made, one); err != nil {
			return false, true, err
		}
	}
	if j.verdict.Fails() {
		return false, true, nil
	}
	t, err := v.tree.With(ctx, j.files)
	return err == nil && t.Root() == a.after[o.Change].Root(), true, nil
}

// HasIdle reports whether some part of a change (a hunk, an edit, a file) changes nothing in a tree.
func (r *Run) HasIdle(ctx context.Context, c *series.Change, t *tree.Tree) (bool, error) {
	j, err := r.judge(ctx, c, t)
	if err != nil {
		return false, err
	}
	return len(j.idle) > 0, nil
}

// Lock returns the lock of the run; it may be nil.
func (r *Run) Lock() *series.Lock { return r.in.Lock }

// Sides returns the files that a change alters, before and after it, on the base that it was made for: the base of a
// patch or pull request, or the commit at which the lock accepted it. It returns none if no base is known.
func (r *Run) Sides(ctx context.Context, c *series.Change) ([]treediff.FileChange, error) {
	made, err := r.sides(ctx, c)
	return made.list, err
}
