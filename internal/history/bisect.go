package history

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// bisection searches by bisection for the commit since which one change does not apply, among more states than can be
// judged one by one: first with growing steps back to a state at which it applies, then by halves. Its bounds are
// indexes of the walker's line.
type bisection struct {
	explainer *explainer
	one       *unexplained
	past      *pastPaths
	starts    []int // the first commits of the states
	probes    []int // where it probably applies; tried first
	removed   int   // the commit that removed the first file that it lacks: it probably fails since then; -1: not known
	applies   int   // the newest commit known at which it applies; -1: none
	fails     int   // the oldest commit known since which it did not apply
	step      int   // how many states to step back next, until one is known at which it applies
	looked    int
	done      bool
}

// bisect names the commit for failing changes that the walks left open. A change that lacks files probably fails
// since the first of them was removed, or since it was changed before.
func bisect(ctx context.Context, r *reader, q Question, result *verdict.Result, walks []*explainer) error {
	q.Settings.Sources = guarded(q.Settings.Sources)
	q.Settings.memo, q.Settings.hasty = q.Settings.shared.Part(), true
	var searches []*bisection
	outcomes := map[*series.Change]*verdict.Outcome{}
	for i := range result.Outcomes {
		outcomes[result.Outcomes[i].Change] = &result.Outcomes[i]
	}
	for _, b := range walks {
		shares := &verdict.Result{} // what a change of the walk depends on is in its part
		for _, c := range b.part.Changes {
			shares.Outcomes = append(shares.Outcomes, *outcomes[c])
		}
		for _, i := range slices.Sorted(maps.Keys(b.open)) {
			one := b.open[i]
			if delete(b.open, i); !one.outcome.Verdict.Fails() || one.found != nil || b.walker == nil {
				continue
			}
			oldest := b.walker.line[0]
			if n := len(b.states); n > 0 {
				oldest = b.walker.line[b.states[n-1].last]
			}
			if r.halved+b.weight() > r.mostHalved {
				one.outcome.Message = joined(one.outcome.Message, notLooked)
				continue
			}
			r.halved += b.weight()
			h, err := r.halve(ctx, q, shares, one, oldest.ID)
			if err != nil {
				return err
			}
			h.explainer.bytes = b.bytes
			h.watch(slices.Concat(b.kept.Also, one.outcome.Reads))
			searches = append(searches, h)
		}
	}
	defer r.trees.save()
	for len(searches) > 0 {
		if r.halved >= r.mostHalved {
			for _, h := range searches {
				h.one.outcome.Message = joined(h.one.outcome.Message, notLooked)
			}
			return nil
		}
		if err := r.round(ctx, searches); err != nil {
			return fmt.Errorf("looking for what changed the verdicts: %w", err)
		}
		searches = slices.DeleteFunc(searches, func(h *bisection) bool { return h.done })
	}
	return nil
}

// notLooked is the message for a change whose commit would take too long to find.
const notLooked = "which commit brought this was not looked for: so many changes fail"

// firstGone returns the oldest of the commits that removed files which an outcome lacks; nil if some are not known.
func firstGone(o *verdict.Outcome) (by *verdict.Commit) {
	if o.Verdict != verdict.Gone || len(o.Went) < len(o.At) {
		return nil
	}
	for _, w := range o.Went {
		if by == nil || w.By.Date.Before(by.Date) {
			by = w.By
		}
	}
	return by
}

// halve prepares the search for one outcome, which does not apply since a commit. The result has the changes of its
// part.
func (r *reader) halve(
	ctx context.Context, q Question, result *verdict.Result, one *unexplained, from tree.ID,
) (*bisection, error) {
	past, err := r.paths(ctx)
	if err != nil {
		return nil, err
	}
	end := past.line.Index(from) + 1
	p := parts(q.Series, []*verdict.Outcome{one.outcome}, result)[0]
	b, err := newExplainer(ctx, r, q, p.open, p.series)
	if err != nil {
		return nil, err
	}
	h := &bisection{explainer: b, one: one, past: past, removed: -1, applies: -1, fails: end - 1, step: 1}
	if by := firstGone(one.outcome); by != nil {
		if h.removed = past.line.Index(by.ID); h.removed > 0 && h.removed <= h.fails {
			h.probes = append(h.probes, h.removed-1)
		}
	}
	oldest := end
	for _, c := range p.series.Changes { // earlier changes are made for the same upstream
		i, err := past.commitFor(ctx, r.src, c)
		if err != nil {
			return nil, err
		}
		if i >= 0 {
			oldest = min(oldest, i)
		}
	}
	for _, i := range []int{past.line.Index(one.base), oldest} {
		if i >= 0 && i < h.fails {
			h.probes = append(h.probes, i)
		}
	}
	b.walk(past.line[:end], past.touched)
	return h, nil
}

// watch adds the files that the verdict depends on at the start of the search: if upstream has moved a file, its
// changes are at the new path.
func (h *bisection) watch(reads []string) {
	h.explainer.walker.kept.watch([][]Judgement{{{Reads: reads}}})
	h.cut()
}

// cut computes where the watched files change.
func (h *bisection) cut() {
	h.starts = append([]int{0}, h.past.touched.Touching(h.explainer.walker.paths())...)
	h.starts = slices.Compact(h.starts)
	end, _ := slices.BinarySearch(h.starts, len(h.explainer.walker.line))
	h.starts = h.starts[:end]
}

// stateOf returns the index of the state that a commit belongs to.
func (h *bisection) stateOf(commit int) int {
	n, found := slices.BinarySearch(h.starts, commit)
	if !found {
		n--
	}
	return n
}

// next returns the state to judge, or -1.
func (h *bisection) next() int {
	if len(h.probes) > 0 {
		return h.stateOf(h.probes[0])
	}
	fails := h.stateOf(h.fails)
	if h.applies < 0 {
		if fails == 0 {
			return -1
		}
		return max(0, fails-h.step)
	}
	applies := h.stateOf(h.applies)
	if fails == applies && h.fails-h.applies > 1 { // what decides it is in no file that is watched: look between them
		h.starts = slices.Insert(h.starts, fails+1, (h.applies+h.fails+1)/2)
		return fails + 1
	}
	if fails == applies {
		h.starts = slices.Insert(h.starts, fails+1, h.fails)
		return -1
	}
	if fails-applies == 1 {
		if h.starts[fails] < h.fails { // it is known to fail at the end of the state only
			return fails
		}
		return -1
	}
	if h.applies < h.removed && h.removed < h.fails && h.stateOf(h.removed) == applies+1 {
		return applies + 1
	}
	return (applies + fails) / 2
}

func (h *bisection) try(ctx context.Context, one []state) error {
	s := one[0]
	if err := h.explainer.walker.readStates(ctx, one); err != nil {
		return err
	}
	judged, err := h.explainer.walker.judgeAll(ctx, one)
	if err != nil {
		return err
	}
	h.looked++
	subject := slices.IndexFunc(h.explainer.judge.Subjects(), func(s Subject) bool {
		return s.Sum == h.one.outcome.Change.Sum && s.Name == h.one.outcome.Change.Name
	})
	applies := !judged[0][subject].Verdict.Fails()
	switch {
	case len(h.probes) > 0:
		if h.probes = h.probes[1:]; applies {
			h.applies, h.probes = s.first, nil
		}
	case applies:
		h.applies = s.first
	default:
		h.fails, h.step = s.first, h.step*2
	}
	if h.explainer.walker.kept.watch(judged) { // the verdict depends on further files, so there are more states
		h.cut()
	}
	return nil
}

// finish records the result.
func (h *bisection) finish() {
	h.done = true
	if line := h.explainer.walker.line; h.applies >= 0 {
		h.one.outcome.By = line[h.starts[h.stateOf(h.fails)]].By()
	} else {
		h.one.outcome.Message = joined(h.one.outcome.Message, fmt.Sprintf(
			"it applies at none of %d states of upstream since %s that were tried", h.looked,
			line[0].Date.Format(time.DateOnly)))
	}
}
