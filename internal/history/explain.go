package history

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
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
func Explain(ctx context.Context, u mainline.Upstream, q Question, given *apply.Result) (*apply.Result, error) {
	result := *given
	result.Outcomes = slices.Clone(given.Outcomes)
	return &result, explain(ctx, u, q, &result)
}

func explain(ctx context.Context, u mainline.Upstream, q Question, result *apply.Result) error {
	var open []*apply.Outcome
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		if o.By == nil && explained(o.Verdict) && o.Clash == "" && o.Change.Kind != series.KindLanded {
			open = append(open, o)
		}
	}
	if len(open) == 0 {
		return nil
	}
	b, err := newExplainer(ctx, u, q, open, result)
	if err != nil {
		return err
	}
	for _, w := range q.Work {
		for n, s := range b.judge.Subjects() {
			if one := b.open[n]; one != nil && s.Sum == w.Sum {
				one.base = w.Base
			}
		}
	}
	return b.back(ctx, q.Pin)
}

// newExplainer prepares the walk back for some outcomes of a result.
func newExplainer(
	ctx context.Context, u mainline.Upstream, q Question, open []*apply.Outcome, result *apply.Result,
) (*explainer, error) {
	judge, err := NewJudge(ctx, needed(q.Series, open, result), q.Settings)
	if err != nil {
		return nil, err
	}
	b := &explainer{Upstream: u, judge: judge, open: map[int]*unexplained{}}
	for n, s := range judge.Subjects() {
		for _, o := range open {
			if o.Change.Sum == s.Sum && o.Change.Name == s.Name {
				b.open[n] = &unexplained{outcome: o}
			}
		}
	}
	return b, nil
}

// back looks at ever older states until nothing is open.
func (b *explainer) back(ctx context.Context, pin tree.ID) error {
	for _, from := range depths(ctx, b.Upstream, pin) {
		if err := b.walk(ctx, from, pin); err != nil || len(b.open) == 0 {
			return err
		}
	}
	return nil
}

// explained are the verdicts that an upstream commit is to blame or to thank for.
func explained(v apply.Verdict) bool {
	switch v {
	case apply.Conflict, apply.Gone, apply.Count, apply.Stale, apply.Landed, apply.Partly:
		return true
	}
	return false
}

// needed is the series cut down to the changes that are to be explained and those before them on the same files.
func needed(whole *series.Series, open []*apply.Outcome, result *apply.Result) *series.Series {
	paths := map[string]bool{}
	want := map[*series.Change]bool{}
	for _, o := range open {
		want[o.Change] = true
	}
	out := &series.Series{Resolutions: whole.Resolutions}
	for i := len(result.Outcomes) - 1; i >= 0; i-- {
		o := result.Outcomes[i]
		reads := append(slices.Clone(o.Reads), o.Files...)
		if want[o.Change] || slices.ContainsFunc(reads, func(p string) bool { return paths[p] }) {
			out.Changes = append(out.Changes, o.Change)
			for _, p := range reads {
				paths[p] = true
			}
		}
	}
	slices.Reverse(out.Changes)
	return out
}

// unexplained is an outcome that is to be explained.
type unexplained struct {
	outcome *apply.Outcome
	base    tree.ID // upstream's commit that the change was made for, "" where that is not known
	by      *apply.Commit
	found   func(commit tree.ID) // what is looked for is the newest commit at which it applies; else nil
}

// continues says whether the verdict at an older state is part of the same trouble, or good fortune, and whether that
// began there or earlier still.
func (q *unexplained) continues(then apply.Verdict) (goOn, began bool) {
	switch now := q.outcome.Verdict; now {
	case apply.Conflict, apply.Count, apply.Stale:
		return then.Fails(), then.Fails()
	case apply.Landed: // what moved on around it meanwhile does not matter
		return !then.Applies(), then == now
	default:
		return then == now, then == now
	}
}

// explainer goes back through upstream's history.
type explainer struct {
	mainline.Upstream
	judge Judge
	open  map[int]*unexplained // by subject
}

// stride is how many states are judged at first at once: some for each processor, few for nothing. Each time that
// was not enough it doubles, so that upstream is asked for the files of old states a few times only.
const stride = 8

// depths are the commits to go back to, one after the other: most changes broke in the last year.
func depths(ctx context.Context, u mainline.Upstream, pin tree.ID) []tree.ID {
	var out []tree.ID
	if at, err := u.DateOf(ctx, pin); err == nil {
		for _, years := range []int{1, 3} {
			if id, err := u.Since(ctx, pin, at.AddDate(-years, 0, 0)); err == nil && id != "" {
				out = append(out, id)
			}
		}
	}
	return append(out, "")
}

// walk looks at the states after from, newest first, until every open outcome is explained.
func (b *explainer) walk(ctx context.Context, from, pin tree.ID) error {
	line, err := b.Read(ctx, from, pin)
	if err != nil || len(line) == 0 {
		return err
	}
	w := walks{cache: b.Cache, src: mainline.NewObjects(b.Repo), line: line}.walk(b.judge)
	defer w.kept.save()
	for {
		again, err := b.pass(ctx, w)
		if err != nil {
			return fmt.Errorf("looking for what changed the verdicts: %w", err)
		}
		if !again {
			return nil
		}
	}
}

// pass goes once through a line. It says to go again when a verdict turned out to rest on further files.
func (b *explainer) pass(ctx context.Context, w *walker) (again bool, err error) {
	states, err := w.states(ctx)
	if err != nil {
		return false, err
	}
	for end, n := len(states), stride; end > 0 && len(b.open) > 0; end, n = end-n, n*2 {
		begin := max(0, end-n)
		judged, err := w.judgeAll(ctx, states[begin:end])
		if err != nil || w.kept.watch(judged) {
			return true, err
		}
		for i := end - 1; i >= begin; i-- {
			b.look(w.line, states[i], judged[i-begin])
		}
	}
	return false, nil
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
	if message == "" {
		return since
	}
	return message + "; " + since
}
