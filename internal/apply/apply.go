// Package apply is the engine: it applies a series to upstream's tree, and returns the patched tree and an outcome,
// with a verdict, for each change. It does no I/O of its own and does not read the clock: the same inputs give the
// same trees, ids and words.
//
// Apply judges every change, however many fail. What a verdict needs to know about upstream's history (which commit
// broke a change, which commit contains it) is found by package history: it is passed in as Inputs.Landed, or added
// to the outcomes afterwards.
//
// Size: patches, pulls, overlays and edits are judged with one state, Run and judgement, which they all fill in turn:
// the files written so far, the limits that all share, what a moved file or an earlier change did to both. A package
// for each kind of change would export the fields of that state. What is not part of it is in packages below:
// verdict, conflict, diff, lines, renames, treediff, safety, nearest.
package apply

import (
	"context"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Apply judges every change of the series, in order, and returns the tree with all changes that apply. An error is
// about the inputs or about reading something, never about a change.
func Apply(ctx context.Context, s *series.Series, in Inputs) (*verdict.Result, error) {
	if err := s.CheckWithout(in.Without); err != nil {
		return nil, err
	}
	r := NewRun(s, in)
	if !in.Brief { // package history reads ahead itself, for many states at once
		if err := r.readAhead(ctx); err != nil {
			return nil, err
		}
	} else if err := r.lookLater(ctx); err != nil {
		return nil, err
	}
	result := &verdict.Result{Tree: in.Base}
	if in.Brief {
		result.Tree = in.Base.Draft()
	}
	for _, c := range s.Changes {
		o, err := r.one(ctx, c, result)
		if err != nil {
			return nil, err
		}
		o = r.noted(o)
		result.Outcomes = append(result.Outcomes, o)
		if o.Verdict.Applies() {
			result.Tree = o.After
		}
	}
	return result.Together(in.Without), nil
}

// one judges one change on the tree with the earlier ones.
func (r *Run) one(ctx context.Context, c *series.Change, sofar *verdict.Result) (verdict.Outcome, error) {
	o, err := r.active(ctx, c, sofar)
	if err != nil || o.Verdict == verdict.Refused {
		return o, err
	}
	why, without := r.outside(c), slices.Contains(r.in.Without, c.Name)
	if why == "" && !without {
		return o, nil
	}
	o.WouldAfter = o.After
	o.Would, o.Verdict, o.After = o.Verdict, verdict.Idle, o.Before
	if without {
		why = "left out on request"
		o.Remarks = append(o.Remarks, verdict.Without)
	}
	o.Message = why
	return o, nil
}

// active judges a change without regard to its dates and versions.
func (r *Run) active(ctx context.Context, c *series.Change, sofar *verdict.Result) (verdict.Outcome, error) {
	if c.Kind == series.KindLanded {
		return r.proof(c, sofar.Tree), nil
	}
	j, err := r.judge(ctx, c, sofar.Tree)
	if err != nil {
		return verdict.Outcome{}, err
	}
	return r.weigh(ctx, c, j, sofar)
}

// weigh converts a judgement to an outcome. It takes into account whether history found that the change has landed,
// whether the change needs an earlier one that is missing, and whether an earlier one does the same.
func (r *Run) weigh(ctx context.Context, c *series.Change, j *judgement,
	sofar *verdict.Result) (verdict.Outcome, error) {
	o, err := j.outcome(ctx, c, sofar.Tree, r.read(c) || j.followed)
	if err != nil || o.Verdict == verdict.Refused {
		return o, err
	}
	if l := r.in.Landed[c.Sum]; l.Holds() && (c.Kind != series.KindEdit || !j.found()) {
		o.Verdict, o.By, o.After = verdict.Landed, l.By, o.Before
		o.Message, o.Hint, o.At, o.Unmerged = "upstream has it", fault.Hint{}, nil, nil
		return o, nil
	}
	if o.Verdict == verdict.Landed {
		return r.same(ctx, c, o, sofar, j.searched)
	}
	if o.Verdict.Fails() && !r.in.Rough {
		if o, err = r.blocked(ctx, c, o, sofar); err != nil || !o.Verdict.Fails() || o.Verdict == verdict.Blocked {
			return o, err
		}
		return r.clash(ctx, c, o, sofar)
	}
	return o, nil
}

// found reports whether an edit's text is in its file, however often.
func (j *judgement) found() bool {
	return j.verdict != verdict.Count && j.verdict != verdict.Gone || j.matched
}

// same distinguishes a change that upstream has (landed) from one whose effect an earlier change of the series
// already has. Where no earlier change altered what decided the judgement, upstream has it; searched is set if that
// was more than the paths that it read.
func (r *Run) same(ctx context.Context, c *series.Change, o verdict.Outcome, sofar *verdict.Result,
	searched bool) (verdict.Outcome, error) {
	if !searched {
		alike, err := sameAt(ctx, o.Reads, sofar.Tree, r.in.Base)
		if alike || err != nil {
			return o, err
		}
	}
	alone, err := r.alone(ctx, c)
	if err != nil || alone.verdict == verdict.Landed {
		return o, err
	}
	o.Verdict, o.Message = verdict.Conflict, "changes nothing: an earlier change does the same"
	if r.repeated.over() {
		o.Message += ", or upstream has it: which of them takes too long to find"
		return o, nil
	}
	defer r.explore()()
	n, err := r.firstAfter(ctx, c, r.present.before(o, sofar.Outcomes),
		func(j *judgement) bool { return j.verdict == verdict.Landed })
	if n != nil {
		o.Message = "changes nothing: " + n.Change.Name + " does the same before it"
	}
	return o, err
}

// proof judges an entry of the kind landed: whether upstream still contains the commit.
func (r *Run) proof(c *series.Change, t *tree.Tree) verdict.Outcome {
	o := verdict.Outcome{Change: c, Verdict: verdict.Landed, Before: t, After: t, Message: "upstream has " + c.Landed}
	l := r.in.Landed[c.Sum]
	o.By = l.By
	switch {
	case l.Undone != nil:
		o.Verdict, o.By = verdict.Conflict, l.Undone
		o.Message = "upstream reverted " + c.Landed
	case l.By == nil:
		o.Verdict = verdict.Conflict
		o.Message = c.Landed + " is not in upstream: it does not have the commit " + c.Commit.Short()
	}
	return o
}

// noted returns the outcome with the base that history found, and the remarks that depend on the lock.
func (r *Run) noted(o verdict.Outcome) verdict.Outcome {
	o.Base = r.in.Bases[o.Change.Sum].Commit
	if r.in.Lock != nil && !r.in.Lock.Has(o.Change) {
		o.Remarks = append(o.Remarks, verdict.Unlocked)
	}
	return o
}
