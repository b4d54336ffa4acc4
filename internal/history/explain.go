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
	Work     []landed.Work // limits the search to the time since a change's base, if known
	Pin      tree.ID       // the newest commit
}

// Explain returns the result with By set (where it is nil) for each outcome that upstream caused: the commit since
// which the change does not apply, whatever its verdicts were since, or the first commit after which it changes
// nothing.
//
// It walks back from the pin, state by state, so a change that broke, healed and broke again is attributed to the
// most recent commit that broke it. It stops at the commit that the change was made for, if the question's work has
// one; the date of a mail does not count. If a change applies at no state, By stays nil, and the message says so.
func Explain(ctx context.Context, u mainline.Upstream, q Question, given *verdict.Result) (*verdict.Result, error) {
	result := *given
	result.Outcomes = slices.Clone(given.Outcomes)
	return &result, explain(ctx, u, q, &result)
}

// explain is Explain of a copy that nobody else has yet, into which it writes.
func explain(ctx context.Context, u mainline.Upstream, q Question, result *verdict.Result) error {
	var open []*verdict.Outcome
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		if o.By == nil && explained(o.Verdict) && o.Clash == "" && o.Change.Kind != series.KindLanded {
			open = append(open, o)
		}
	}
	r := q.reader(u)
	defer r.moves.Save()
	q.Settings = q.inParts(r)
	if err := r.bringMoved(ctx, open); err != nil {
		return err
	}
	for _, o := range open {
		if o.Verdict == verdict.Gone || o.Verdict == verdict.Stale {
			went, err := r.withWent(ctx, *o)
			if err != nil {
				return err
			}
			*o = went
		}
	}
	if err := r.bringFollowed(ctx, open); err != nil {
		return err
	}
	var searched []*verdict.Outcome
	for _, o := range open {
		if from, vain := q.Settings.never[o.Change.Sum]; vain {
			o.Message = neverApplied(o.Message, from)
			continue
		}
		searched = append(searched, o)
	}
	if len(searched) == 0 {
		return nil
	}
	walks, err := newExplainers(ctx, r, q, searched, result)
	if err != nil {
		return err
	}
	for _, b := range walks {
		for _, one := range b.open {
			one.base = q.Settings.bases[one.outcome.Change.Sum].Commit
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
	return bisect(ctx, r, q, result, walks)
}

// newExplainers prepares walks back for some outcomes of a result, one for each group of them that shares no file
// with the others.
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

// explained reports whether a verdict is caused by an upstream commit.
func explained(v verdict.Kind) bool {
	switch v {
	case verdict.Conflict, verdict.Gone, verdict.Count, verdict.Stale, verdict.Landed, verdict.Partly:
		return true
	}
	return false
}

type unexplained struct {
	outcome *verdict.Outcome
	base    tree.ID // upstream's commit that the change was made for; "" if not known
	by      *verdict.Commit
	found   func(commit tree.ID) // if set: searches the newest commit at which it applies, and calls this
}

// continues compares the verdict at an older state with the one to explain. It reports whether to walk on, and
// whether the cause is at that state or at an older one.
func (q *unexplained) continues(then verdict.Kind) (goOn, began bool) {
	switch now := q.outcome.Verdict; now {
	case verdict.Conflict, verdict.Gone, verdict.Count, verdict.Stale: // a file may be gone after its lines changed
		return then.Fails(), then.Fails()
	case verdict.Landed: // what moved on around it meanwhile does not matter
		return !then.Applies(), then == now
	default:
		return then == now, then == now
	}
}

// look handles the next older state.
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
		if goOn && fails { // no commit caused this
			q.by = nil
			q.outcome.Message = neverApplied(q.outcome.Message, line[s.first+max(0, base)])
		}
		q.outcome.By = q.by
		delete(b.open, i)
	}
}

// neverApplied adds to a message that the change applies at no state of upstream back to a commit.
func neverApplied(message string, from mainline.Commit) string {
	tried := "upstream's states were tried back to " + from.Date.Format(time.DateOnly) + " (" + from.ID.Short() +
		"), and it applies to none of them"
	return joined(message, tried)
}

// joined appends a further sentence to a message.
func joined(message, further string) string {
	if message == "" {
		return further
	}
	return message + "; " + further
}
