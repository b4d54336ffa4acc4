package apply

import (
	"context"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// blocked finds out whether a change fails only because earlier changes are missing (failed, idle or left out):
// whether it applies to a tree into which those have been forced.
func (r *Run) blocked(ctx context.Context, c *series.Change, o verdict.Outcome,
	sofar *verdict.Result) (verdict.Outcome, error) {
	defer r.explore()()
	missing := r.absent.near(o, sofar.Outcomes)
	would, ok, err := r.with(ctx, c, sofar.Tree, missing)
	if err != nil || !ok {
		return o, err
	}
	for step := (len(missing) + 1) / 2; step > 0; step /= 2 { // try without half of them, then a quarter, …
		for i := 0; i < len(missing); {
			fewer := slices.Delete(slices.Clone(missing), i, min(i+step, len(missing)))
			j, ok, err := r.with(ctx, c, sofar.Tree, fewer)
			if err != nil {
				return o, err
			}
			if !ok {
				i += step
				continue
			}
			missing, would = fewer, j
		}
	}
	if len(missing) == 0 {
		return o, nil
	}
	alone, err := r.judge(ctx, c, r.in.Base)
	if err != nil {
		return o, err
	}
	b := verdict.Outcome{Change: c, Verdict: verdict.Blocked, Before: o.Before, After: o.Before, Files: o.Files,
		Reads:   o.Reads,
		Remarks: o.Remarks, Unmerged: o.Unmerged}
	if r.outside(c) != "" { // it is idle itself
		b.Verdict = would.verdict
		return b, nil
	}
	for _, m := range missing {
		b.Blockers = append(b.Blockers, m.Name)
	}
	b.Alone = alone.verdict.Applies()
	b.Message = "needs " + strings.Join(b.Blockers, ", ")
	if b.Alone {
		b.Message += "; alone it would apply"
	}
	return b, nil
}

// with judges a change on a tree into which others have been forced.
func (r *Run) with(ctx context.Context, c *series.Change, t *tree.Tree,
	others []*series.Change) (*judgement, bool, error) {
	if len(others) == 0 || r.cost.over() {
		return nil, false, nil
	}
	t = t.Fork()
	for _, other := range others {
		next, err := r.force(ctx, other, t)
		if err != nil {
			return nil, false, err
		}
		t = next
	}
	j, err := r.judge(ctx, c, t)
	if err != nil {
		return nil, false, err
	}
	return j, j.verdict.Applies(), nil
}

// force applies a change as far as possible: where it conflicts, the change's own lines win.
func (r *Run) force(ctx context.Context, c *series.Change, t *tree.Tree) (*tree.Tree, error) {
	j, err := r.judge(ctx, c, t)
	if err != nil {
		return nil, err
	}
	if !j.verdict.Applies() {
		if j, err = r.forced(ctx, c, t); err != nil {
			return nil, err
		}
	}
	next, err := t.With(ctx, j.files)
	if err != nil {
		return t, nil // what conflicts with the tree's structure cannot be forced
	}
	return next, nil
}

// forced returns the files of a change that does not apply, with its own lines in place of conflicts.
func (r *Run) forced(ctx context.Context, c *series.Change, t *tree.Tree) (*judgement, error) {
	j := newJudgement()
	if c.Kind == series.KindOverlay {
		files, _, err := r.overlaid(ctx, c)
		for name, f := range files {
			j.files[name] = &f
		}
		return j, err
	}
	s, err := r.sides(ctx, c)
	if err != nil {
		return nil, err
	}
	v := view{t, newJudgement()}
	for _, one := range s.list {
		at := one.From
		if at == "" {
			at = one.To
		}
		ours, _, err := v.lookup(ctx, at)
		if err != nil {
			return nil, err
		}
		if one.From != "" && one.From != one.To && ours != nil {
			j.files[one.From] = nil
		}
		switch {
		case one.To == "":
		case ours == nil || one.Pre == nil:
			j.files[one.To] = one.Post
		default:
			j.files[one.To] = &tree.File{Mode: one.Post.Mode, Data: r.forcing.merge(one, ours)}
		}
	}
	return j, nil
}
