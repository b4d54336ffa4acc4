package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"

	"github.com/howdah/howdah/internal/treediff"
)

// Run is one application of a series.
type Run struct {
	s    *series.Series
	in   Inputs
	memo *Memo

	cost     *meter // the budget in use: that of the changes, or that of further trials
	explored meter
	repeated meter  // for judging on upstream's tree again what changes nothing on the series'
	near     meter  // for finding out why an edit does not find its text
	reading  meter  // for reading other repositories
	replays  meter  // for replaying the series at the commits that the lock names
	season   string // which changes are idle
	later    later
	search   *diff.Search // for the places of hunks that fit nowhere
	shown    *conflict.Maker
	absent   touched
	present  touched
	fitted   map[*diff.File]fitted // in a replay: what fits as it is
	forcing  forcing
}

// NewRun prepares one application of a series, and reads nothing yet. The limits of cost (limits.go) are for the
// whole run. With an [Inputs.Memo] it reuses what earlier runs of the same series found.
func NewRun(s *series.Series, in Inputs) *Run {
	r := &Run{s: s, in: in, memo: in.Memo, cost: limited(s), explored: meter{limit: maxExplore},
		repeated: meter{limit: maxRepeat},
		near:     meter{limit: maxNear}, reading: meter{limit: maxCost},
		replays: meter{limit: maxReplay, mergingLimit: maxReplay}, search: diff.NewSearch(maxSearch, maxSearches)}
	r.shown = conflict.NewMaker(r.search, maxSearch)
	if r.memo == nil {
		r.memo = &Memo{}
	}
	r.memo.begin()
	return r
}

// accepted replays the series at the commit that history found as a change's base, or else at the one where the lock
// accepted the change. It returns nil if neither is known, or if upstream no longer has the commit. A change that
// does not apply there, because it was edited since, is left out.
func (r *Run) accepted(ctx context.Context, c *series.Change) (*accepted, error) {
	base, ok := r.in.Bases[c.Sum]
	if r.in.Sources == nil || r.in.Lock == nil && !ok {
		return nil, nil
	}
	commit := base.Commit
	if !ok {
		commit = r.in.Lock.CommitOf(c)
	}
	whole := r.s
	if r.in.Whole != nil {
		whole = r.in.Whole
	}
	if r.season == "" {
		r.season = r.seasons(whole)
	}
	key := replayKey{commit: commit, season: r.season, part: whole}
	if base.Part != nil {
		key.part = base.Part
	}
	return r.memo.replayed.get(ctx, key, func(ctx context.Context) (*accepted, error) { return r.replay(ctx, key) })
}

// replayKey is a commit at which the series, or a part of it, is replayed.
type replayKey struct {
	commit tree.ID
	season string
	part   *series.Series
}

// seasons returns which changes are idle, as a string: an idle change does not affect later ones.
func (r *Run) seasons(s *series.Series) string {
	key := []byte(" ")
	for _, c := range s.Changes {
		state := byte('-')
		if r.outside(c) != "" {
			state = '+'
		}
		key = append(key, state)
	}
	return string(key)
}

func (r *Run) replay(ctx context.Context, key replayKey) (*accepted, error) {
	commit, part := key.commit, key.part
	if r.replays.charge(costOfReplay, 1); r.replays.over() {
		return nil, refusal{why: tooManyReplays(), ofRun: true}
	}
	base, err := r.in.Sources.Commit(ctx, "", commit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading upstream at %s, where the series was last accepted: %w", commit.Short(), err)
	}
	in := r.in
	in.Base, in.Commit, in.Lock, in.Memo, in.Brief, in.Bases = base, commit, nil, nil, false, nil
	then := NewRun(part, in)
	then.cost = &r.replays
	then.search = diff.NewSearch(0, 0) // where something does not fit is not needed here
	then.shown = conflict.NewMaker(then.search, 0)
	then.fitted = map[*diff.File]fitted{}
	a := &accepted{base: base, before: map[*series.Change]*tree.Tree{}, after: map[*series.Change]*tree.Tree{},
		fitted: then.fitted}
	t := base
	for _, c := range part.Changes {
		if c.Kind == series.KindLanded {
			continue
		}
		j, err := then.judge(ctx, c, t)
		if err != nil {
			return nil, err
		}
		if r.replays.charge(costOfAgain, 1); r.replays.over() {
			return nil, refusal{why: tooManyReplays(), ofRun: true}
		}
		if !j.verdict.Applies() {
			continue
		}
		next, err := t.With(ctx, j.files)
		if err != nil {
			return nil, fmt.Errorf("replaying %q at %s: %w", c.Name, commit.Short(), err)
		}
		a.before[c], a.after[c] = t, next
		if r.outside(c) == "" {
			t = next
		}
	}
	return a, nil
}

// outside returns why a change is idle, or "".
func (r *Run) outside(c *series.Change) string {
	switch {
	case !c.For.Contain(r.in.Version):
		return fmt.Sprintf("for %s, upstream is %s", c.For, r.in.Version)
	case !c.Window.Contains(r.in.Day):
		return "from " + c.Window.String()
	}
	return ""
}

// sides returns the effect of a change on its own base, for three-way merges.
func (r *Run) sides(ctx context.Context, c *series.Change) (fileChanges, error) {
	return r.memo.sides.get(ctx, c, func(ctx context.Context) (fileChanges, error) {
		s, err := r.sidesAnew(ctx, c)
		return s.index(), err
	})
}

func (r *Run) sidesAnew(ctx context.Context, c *series.Change) (fileChanges, error) {
	switch c.Kind {
	case series.KindPatch:
		return r.patchSides(ctx, c)
	case series.KindPull:
		base, head, err := r.in.Sources.Pull(ctx, c)
		if err != nil {
			return fileChanges{}, fmt.Errorf("reading %s at %s: %w", c.Pull, c.Commit.Short(), err)
		}
		return r.pulled(ctx, base, head)
	}
	a, err := r.accepted(ctx, c) // what the change did when it was last accepted
	if err != nil || a == nil || a.before[c] == nil {
		return fileChanges{}, err
	}
	list, err := r.between(ctx, a.before[c], a.after[c])
	return fileChanges{list: list, base: a.base}, err
}

// between compares two trees that the series produced, and charges the files that differ.
func (r *Run) between(ctx context.Context, before, after *tree.Tree) ([]treediff.FileChange, error) {
	list, err := treediff.Between(ctx, before, after)
	for _, one := range list {
		r.cost.charge(costOfFile, 1)
		r.chargeSides(one.Pre, one.Post, costOfResult)
	}
	return list, err
}

// judge returns the judgement of a change on a tree. A brief run may use a cached one of a tree that has the same
// files at all paths that matter.
func (r *Run) judge(ctx context.Context, c *series.Change, t *tree.Tree) (*judgement, error) {
	if !r.in.Brief {
		return r.judgeAnew(ctx, c, t)
	}
	j, err := r.memo.judged.get(ctx, c, t)
	if j != nil || err != nil {
		return j, err
	}
	if j, err = r.judgeAnew(ctx, c, t); err != nil || r.cost.over() {
		return j, err
	}
	return j, r.memo.judged.put(ctx, c, t, j)
}

func (r *Run) judgeAnew(ctx context.Context, c *series.Change, t *tree.Tree) (*judgement, error) {
	j, err := r.attempt(ctx, c, t)
	if err != nil || c.Refused != nil {
		return j, err
	}
	if r.cost.over() && j.refused == nil {
		j.refuse(tooMuch(), c)
	}
	return j, j.settle(ctx, c, t)
}

// attempt applies as much of a change as possible, and records what does not apply.
func (r *Run) attempt(ctx context.Context, c *series.Change, t *tree.Tree) (*judgement, error) {
	j := newJudgement()
	if c.Refused != nil {
		j.refuse(c.Refused, c)
		return j, nil
	}
	if r.cost.charge(costOfChange, 1); r.cost.over() {
		j.refuse(tooMuch(), c)
		return j, nil
	}
	if t.Full() {
		j.refuse(tooLarge(), c)
		return j, nil
	}
	var err error
	switch c.Kind {
	case series.KindEdit:
		err = r.edits(ctx, c, t, j)
	case series.KindPatch:
		err = r.patch(ctx, c, t, j)
	case series.KindPull:
		err = r.pull(ctx, c, t, j)
	case series.KindOverlay:
		err = r.overlay(ctx, c, t, j)
	}
	if err != nil {
		var no refusal
		if !errors.As(err, &no) {
			return nil, fmt.Errorf("judging change %q: %w", c.Name, err)
		}
		j.refuse(no.why, c)
	}
	return j, nil
}

// Unfinished is the part of a failing change that can be applied, and what is left for a person.
type Unfinished struct {
	// Files are the files that merge, those that other edits change, and a stale overlay's whole files; nil: removed.
	// Files with conflicts are not included.
	Files  map[string]*tree.File
	Missed []MissedEdit
}

// Begun applies as much of a failing change as possible, for a person to finish.
func Begun(ctx context.Context, s *series.Series, in Inputs, o verdict.Outcome) (Unfinished, error) {
	r := NewRun(s, in)
	if o.Verdict == verdict.Refused || o.Change.Kind == series.KindLanded {
		return Unfinished{}, nil
	}
	j, err := r.attempt(ctx, followed(o), o.Before)
	if err != nil || j.refused != nil {
		return Unfinished{}, err
	}
	if o.Change.Kind == series.KindOverlay {
		if j, err = r.forced(ctx, o.Change, o.Before); err != nil {
			return Unfinished{}, err
		}
	}
	for _, u := range o.Unmerged {
		delete(j.files, u.File)
	}
	return Unfinished{j.files, j.missed}, nil
}
