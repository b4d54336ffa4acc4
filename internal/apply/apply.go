// Package apply is the engine: a series and upstream's tree go in; the patched tree and, for every change, an outcome
// with its verdict come out. It does no I/O of its own and takes nothing from the clock: the same inputs give the same
// trees, ids and words.
//
// Apply judges every change, however many fail. What a verdict needs of upstream's history (who broke it, which commit
// has it) is found by package history and goes in as Inputs.Landed, or is added to the outcomes afterwards.
//
// Size: a patch, a pull, an overlay and an edit are judged in one state, which they fill and charge in turn (Run and
// judgement): the files written so far, the limits that all share, what a moved file or an earlier change did to both.
// A package for a kind of change would export the fields of that state. What has no part in it is below: verdict,
// conflict, diff, lines, renames, treediff, safety, nearest.
package apply

import (
	"context"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Apply judges every change of the series, in order, and gives the tree with all that apply. An error is about the
// inputs or what could not be read, never about a change.
func Apply(ctx context.Context, s *series.Series, in Inputs) (*verdict.Result, error) {
	if err := s.CheckWithout(in.Without); err != nil {
		return nil, err
	}
	r := NewRun(s, in)
	if !in.Brief { // history reads ahead for many states at once
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
		r.note(&o)
		result.Outcomes = append(result.Outcomes, o)
		if o.Verdict.Applies() {
			result.Tree = o.After
		}
	}
	result.Together(in.Without)
	return result, nil
}

// one judges one change on what the earlier ones made of the tree.
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

// active judges a change as if it were in season.
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

// weigh makes an outcome of a judgement: history's word, the earlier changes that are missing, and those that have
// done the same already are taken into account.
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
		return r.same(ctx, c, o, sofar)
	}
	if o.Verdict.Fails() && !r.in.Rough {
		if o, err = r.blocked(ctx, c, o, sofar); err != nil || !o.Verdict.Fails() || o.Verdict == verdict.Blocked {
			return o, err
		}
		return r.clash(ctx, c, o, sofar)
	}
	return o, nil
}

// found says that an edit's text stands in its file, in whatever number.
func (j *judgement) found() bool {
	return j.verdict != verdict.Count && j.verdict != verdict.Gone || j.matched
}

// same tells a change that upstream has from one that an earlier change of the series does too.
func (r *Run) same(ctx context.Context, c *series.Change, o verdict.Outcome,
	sofar *verdict.Result) (verdict.Outcome, error) {
	defer r.explore()()
	alone, err := r.judge(ctx, c, r.in.Base)
	if err != nil || alone.verdict == verdict.Landed {
		return o, err
	}
	o.Verdict, o.Message = verdict.Conflict, "changes nothing: an earlier change does the same"
	n, err := r.firstAfter(ctx, c, r.present.before(o, sofar.Outcomes),
		func(j *judgement) bool { return j.verdict == verdict.Landed })
	if n != nil {
		o.Message = "changes nothing: " + n.Change.Name + " does the same before it"
	}
	return o, err
}

// proof judges an entry that says that upstream has something.
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

// note adds the base that history gave, and the remarks that rest on the lock.
func (r *Run) note(o *verdict.Outcome) {
	o.Base = r.in.Bases[o.Change.Sum]
	if r.in.Lock != nil && !r.in.Lock.Has(o.Change) {
		o.Remarks = append(o.Remarks, verdict.Unlocked)
	}
}
