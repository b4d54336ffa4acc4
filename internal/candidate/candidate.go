package candidate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
	"github.com/howdah/howdah/internal/view"
)

// Candidate is upstream at a commit with the series applied.
type Candidate struct {
	Upstream Upstream
	Day      time.Time // the day by which the windows were judged
	Series   *series.Series
	Inputs   apply.Inputs
	Result   *verdict.Result                // an outcome for each change
	drifts   map[*series.Change]*view.Drift // what became of pull requests, if that was asked for
	Tree     *tree.Tree                     // nil unless the series applies
	Commit   tree.ID                        // of the patched tree; "" unless the series applies
	Missing  int                            // number of changes that need something that could not be read
	objects  []tree.Object                  // the patched commits, not stored yet

	unreadable map[*series.Change][]string // what a change breaks of JSON and YAML files

	past   *pastCommits
	byName map[string]*verdict.Outcome // the outcomes of Result
}

// Judge applies the distribution's series at the pin, however many changes fail.
func (u Upstream) Judge(ctx context.Context, s *session.Session) (*Candidate, error) {
	whole, lock, err := Read(s, u.Options)
	if err != nil {
		return nil, err
	}
	return u.JudgeSeries(ctx, s, whole, lock)
}

// JudgeSeries applies a series that may differ from the one on disk.
func (u Upstream) JudgeSeries(ctx context.Context, s *session.Session, whole *series.Series,
	lock *series.Lock) (_ *Candidate, err error) {
	day := u.Options.Day(s)
	stage := s.Story.Stage("applying the series")
	defer stage.FailOn(&err)
	if whole, err = whole.InGitForm(ctx, u.Facts.Tree); err != nil {
		return nil, err
	}
	missing, err := u.prefetch(ctx, whole, lock)
	if err != nil {
		return nil, err
	}
	reachable := whole.Reachable(missing)
	past, err := u.past(ctx, s, reachable, lock)
	if err != nil {
		return nil, err
	}
	landed, err := past.landed(ctx, u.Pin.Commit)
	if err != nil {
		return nil, err
	}
	unreachable := slices.Collect(maps.Keys(missing))
	in := apply.Inputs{
		Base: u.Facts.Tree, Commit: u.Pin.Commit, Version: u.Facts.Version.String(), Day: day,
		Without: slices.DeleteFunc(slices.Clone(u.Options.Without), func(name string) bool {
			return slices.ContainsFunc(unreachable, func(c *series.Change) bool { return c.Name == name })
		}), Sources: u.sources, Lock: lock, Landed: landed,
	}
	based, err := history.WithBases(ctx, past.upstream, past.question(reachable, u.Pin.Commit), in)
	if err != nil {
		return nil, err
	}
	past = &pastCommits{upstream: past.upstream, settings: based.Question.Settings, work: past.work}
	result := based.Result.Complete(whole, missing, in.Base, u.Options.Without)
	c := &Candidate{Upstream: u, Day: day, Series: reachable, Inputs: based.Inputs, Missing: len(missing), past: past}
	c.Result, c.drifts = u.drift(ctx, s, result)
	c.byName = byName(c.Result)
	if c.unreadable, err = unreadable(ctx, c.Result); err != nil {
		return nil, err
	}
	if result.OK() {
		if c.objects, c.Commit, err = u.commits(ctx, s.Config.Name, result.Outcomes); err != nil {
			return nil, err
		}
		c.Tree = result.Tree
	}
	stage.End("%s", tally(result))
	return c, nil
}

// Apply is Judge for callers that need the tree. If the series does not apply, it prints the report and returns an
// error.
func (u Upstream) Apply(ctx context.Context, s *session.Session) (*Candidate, error) {
	c, err := u.Judge(ctx, s)
	if err != nil {
		return nil, err
	}
	if !c.Result.OK() {
		return c, c.Refuse(ctx, s)
	}
	c.warnUnreadable(s)
	return c, nil
}

// tally counts the verdicts, for the line that ends a stage.
func tally(r *verdict.Result) string {
	in, failing := 0, 0
	for _, o := range r.Outcomes {
		if o.Verdict.Applies() {
			in++
		}
		if o.Verdict.Fails() {
			failing++
		}
	}
	if failing > 0 {
		return fmt.Sprintf("%d of %d changes in the tree, %d fail", in, len(r.Outcomes), failing)
	}
	return fmt.Sprintf("%d of %d changes in the tree", in, len(r.Outcomes))
}

// Outcome returns the outcome of the change with this name; if several have it, of the one that is not idle.
func (c *Candidate) Outcome(name string) (*verdict.Outcome, error) {
	if found := c.byName[name]; found != nil {
		return found, nil
	}
	var names []string
	for _, out := range c.Result.Outcomes {
		names = append(names, out.Change.Name)
	}
	return nil, noChange(name, names)
}

// byName indexes outcomes by the name of their change; if several have one name, the one that is not idle.
func byName(r *verdict.Result) map[string]*verdict.Outcome {
	all := make(map[string]*verdict.Outcome, len(r.Outcomes))
	for i := range r.Outcomes {
		out := &r.Outcomes[i]
		if found := all[out.Change.Name]; found == nil || found.Verdict == verdict.Idle {
			all[out.Change.Name] = out
		}
	}
	return all
}
