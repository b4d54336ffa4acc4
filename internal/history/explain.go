package history

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Question is what upstream's history is asked about.
type Question struct {
	Series   *series.Series
	Settings Settings
	Work     []landed.Work // where known, a change's base bounds the search
	Pin      tree.ID       // the newest commit
}

// Explain returns the result with By filled in, where it is nil, of each outcome at the pin that upstream brought
// about: the commit since which the change does not apply (gone: since which the file is gone), or the first at which
// it changed nothing any more. It goes back from the pin, state by state, so that a change that broke, healed and broke
// again is attributed to the most recent commit that broke it, and no farther than to the commit that the change was
// made for, where the question's work knows one: a mail's date is none. A change that applies at no state has no such
// commit, and its message says so.
func Explain(ctx context.Context, u mainline.Upstream, q Question, given *verdict.Result) (*verdict.Result, error) {
	result := *given
	result.Outcomes = slices.Clone(given.Outcomes)
	return &result, explain(ctx, u, q, &result)
}

func explain(ctx context.Context, u mainline.Upstream, q Question, result *verdict.Result) error {
	var open []*verdict.Outcome
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		if o.By == nil && explained(o.Verdict) && o.Clash == "" && o.Change.Kind != series.KindLanded {
			open = append(open, o)
		}
	}
	r := q.reader(u)
	q.Settings = q.inParts(r)
	if err := r.bringMoved(ctx, open); err != nil {
		return err
	}
	for _, o := range open {
		if o.Verdict == verdict.Gone {
			if err := r.tellWent(ctx, o); err != nil {
				return err
			}
		}
	}
	open = slices.DeleteFunc(open, func(o *verdict.Outcome) bool {
		from, vain := q.Settings.never[o.Change.Sum]
		if vain {
			o.Message = neverApplied(o.Message, from)
		}
		return vain
	})
	if len(open) == 0 {
		return nil
	}
	walks, err := newExplainers(ctx, r, q, open, result)
	if err != nil {
		return err
	}
	for _, b := range walks {
		for _, one := range b.open {
			one.base = q.Settings.bases[one.outcome.Change.Sum]
			for _, w := range q.Work {
				if w.Sum == one.outcome.Change.Sum && w.Base != "" {
					one.base = w.Base
				}
			}
		}
	}
	if err := back(ctx, walks, cmp.Or(q.Settings.mostSearches, mostSearches)); err != nil {
		return err
	}
	return farther(ctx, r, q, result, walks)
}

// newExplainers prepares a walk back for each part of some outcomes of a result that shares no file with the others.
func newExplainers(
	ctx context.Context, r *reader, q Question, open []*verdict.Outcome, result *verdict.Result,
) ([]*explainer, error) {
	var out []*explainer
	for _, p := range parts(q.Series, open, result) {
		b, err := newExplainer(ctx, r, q, p.open, p.series)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// newExplainer prepares the walk back for some outcomes of a result.
func newExplainer(
	ctx context.Context, r *reader, q Question, open []*verdict.Outcome, part *series.Series,
) (*explainer, error) {
	settings := q.Settings
	has := func(v verdict.Kind) bool {
		return slices.ContainsFunc(open, func(o *verdict.Outcome) bool { return o.Verdict == v })
	}
	settings.rough = !has(verdict.Partly)
	settings.hasty = settings.rough && (settings.hasty || !has(verdict.Gone))
	judge, err := NewJudge(ctx, part, settings)
	if err != nil {
		return nil, err
	}
	b := &explainer{reader: r, settings: settings, judge: judge, part: part, open: map[int]*unexplained{},
		kept: newVerdicts(), counted: map[string]bool{}}
	for n, s := range judge.Subjects() {
		for _, o := range open {
			if o.Change.Sum == s.Sum && o.Change.Name == s.Name {
				b.open[n] = &unexplained{outcome: o}
			}
		}
	}
	return b, nil
}

// explained are the verdicts that an upstream commit is to blame or to thank for.
func explained(v verdict.Kind) bool {
	switch v {
	case verdict.Conflict, verdict.Gone, verdict.Count, verdict.Stale, verdict.Landed, verdict.Partly:
		return true
	}
	return false
}

// unexplained is an outcome that is to be explained.
type unexplained struct {
	outcome *verdict.Outcome
	base    tree.ID // upstream's commit that the change was made for, "" where that is not known
	by      *verdict.Commit
	found   func(commit tree.ID) // what is looked for is the newest commit at which it applies; else nil
}

// continues says whether the verdict at an older state is part of the same trouble, or good fortune, and whether that
// began there or earlier still.
func (q *unexplained) continues(then verdict.Kind) (goOn, began bool) {
	switch now := q.outcome.Verdict; now {
	case verdict.Conflict, verdict.Count, verdict.Stale:
		return then.Fails(), then.Fails()
	case verdict.Landed: // what moved on around it meanwhile does not matter
		return !then.Applies(), then == now
	default:
		return then == now, then == now
	}
}

// look takes the next older state into account.
func (b *explainer) look(line mainline.Line, s state, judged []Judgement) {
	for i, q := range b.open {
		if q.found != nil {
			if judged[i].Verdict.Applies() {
				q.found(line[s.last].ID)
				delete(b.open, i)
			}
			continue
		}
		goOn, began := q.continues(judged[i].Verdict)
		fails := q.outcome.Verdict.Fails()
		root := s.first == 0 && line[0].Parent == ""
		if began {
			q.by = nil
			if s.first > 0 || root && !fails {
				q.by = line[s.first].By()
			}
		}
		base := slices.IndexFunc(line[s.first:s.last+1], func(c mainline.Commit) bool { return c.ID == q.base })
		if goOn && base < 0 && !root {
			continue
		}
		if goOn && fails { // no commit brought this about
			q.by = nil
			q.outcome.Message = neverApplied(q.outcome.Message, line[s.first+max(0, base)])
		}
		q.outcome.By = q.by
		delete(b.open, i)
	}
}

// neverApplied adds to a message that the change applies at no state of upstream from a commit on.
func neverApplied(message string, from mainline.Commit) string {
	since := "it has applied at no state of upstream since " + from.Date.Format(time.DateOnly) + " (" + from.ID.Short() +
		")"
	return joined(message, since)
}

// joined is a message with something further.
func joined(message, further string) string {
	if message == "" {
		return further
	}
	return message + "; " + further
}
