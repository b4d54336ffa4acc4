package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// patched is the series upon upstream.
type patched struct {
	*resolved
	day    time.Time
	series *patch.Series
	result *patch.Result
	tree   *tree.Tree // nil unless the series applies
	commit tree.ID    // of the patched tree; "" likewise
	chain  []tree.Object
	past   *past
	in     patch.Inputs

	explained bool // history has named its commits in result
}

// load reads the distribution's folders of changes; a person may have let them touch what is guarded.
func (p *Pipeline) load(granted ...string) (*patch.Series, *patch.Lock, error) {
	return p.loadAt(Choice{}, granted...)
}

func (p *Pipeline) loadAt(c Choice, granted ...string) (*patch.Series, *patch.Lock, error) {
	folders, err := p.changeFolders()
	if err != nil {
		return nil, nil, err
	}
	return p.loadFrom(c, folders, granted...)
}

func (p *Pipeline) loadFrom(c Choice, folders []patch.Folder, granted ...string) (*patch.Series, *patch.Lock, error) {
	series, err := patch.Load(folders, granted...)
	if err != nil {
		return nil, nil, err
	}
	lock, err := p.seriesLock(c)
	return series, lock, err
}

// seriesLock reads series.lock; nil where there is none.
func (p *Pipeline) seriesLock(c Choice) (*patch.Lock, error) {
	data, err := p.held(seriesLock, files.MaxLock)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lock, err := patch.ParseLock(seriesLock, data)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if c.relock {
			return patch.MendLock(seriesLock, data), nil
		}
		return nil, f.WithHint("the file is generated; this writes it anew: %s", target.PatchRefresh.Command())
	}
	return lock, err
}

// seriesLock is the file that rebuilds what the changes were made for.
const seriesLock = "series.lock"

// judge applies the series at the pin, however many changes fail.
func (p *Pipeline) judge(ctx context.Context, r *resolved) (*patched, error) {
	var granted []string
	if slices.Contains(list(r.choice.Accept), release.GateUnsafe) {
		granted = patch.Guarded()
	}
	series, lock, err := p.loadAt(r.choice, granted...)
	if err != nil {
		return nil, err
	}
	return p.judgeSeries(ctx, r, series, lock)
}

func (p *Pipeline) judgeSeries(ctx context.Context, r *resolved, series *patch.Series, lock *patch.Lock) (_ *patched, err error) {
	day, err := p.day(r.choice)
	if err != nil {
		return nil, err
	}
	stage := p.story.Stage("applying the series")
	defer func() { closeFailed(stage, err) }()
	src := r.sources(p)
	missing, err := p.prefetch(ctx, r, series, src)
	if err != nil {
		return nil, err
	}
	whole, without := series, list(r.choice.Without)
	series = whole.Reachable(missing)
	past, err := p.past(ctx, r, series, lock, src)
	if err != nil {
		return nil, err
	}
	landed, err := past.landed(ctx, r.pin.Commit)
	if err != nil {
		return nil, err
	}
	in := patch.Inputs{
		Base: r.facts.Tree, Commit: r.pin.Commit, Version: r.facts.Version.String(), Day: day,
		Without: slices.DeleteFunc(slices.Clone(without), func(name string) bool {
			return slices.ContainsFunc(slices.Collect(maps.Keys(missing)), func(c *patch.Change) bool { return c.Name == name })
		}), Sources: src, Lock: lock, Landed: landed,
	}
	result, err := series.Apply(ctx, in)
	if err != nil {
		return nil, err
	}
	result.Complete(whole, missing, in, without)
	p.drift(ctx, r, result)
	out := &patched{resolved: r, day: day, series: series, result: result, past: past, in: in}
	if result.OK() {
		if err := out.commits(ctx, p.cfg.Name); err != nil {
			return nil, err
		}
	}
	stage.End("%s", tally(result))
	return out, nil
}

// patch is judge for those who need the tree: a series that does not apply is an error.
func (p *Pipeline) patch(ctx context.Context, r *resolved) (*patched, error) {
	out, err := p.judge(ctx, r)
	if err != nil {
		return nil, err
	}
	if !out.result.OK() {
		return out, p.refuse(ctx, out)
	}
	return out, nil
}

// tally counts the verdicts for a stage's line.
func tally(r *patch.Result) string {
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

// email is that of the patched commits' author.
const email = "howdah@localhost"

// commits makes one commit a change that is in the tree, on the pin; its ids are functions of the inputs.
func (o *patched) commits(ctx context.Context, name string) error {
	parent := o.pin.Commit
	have := map[tree.ID]bool{}
	for _, c := range o.result.Outcomes {
		if !c.Verdict.Applies() {
			continue
		}
		objects, err := c.After.Objects(ctx)
		if err != nil {
			return fmt.Errorf("committing %q: %w", c.Change.Name, err)
		}
		commit := o.commitOf(name, c, parent)
		for _, object := range append(objects, commit) {
			if !have[object.ID] {
				have[object.ID] = true
				o.chain = append(o.chain, object)
			}
		}
		parent = commit.ID
	}
	o.tree, o.commit = o.result.Tree, parent
	return nil
}

// commitOf is the commit of one change.
func (o *patched) commitOf(name string, c patch.Outcome, parent tree.ID) tree.Object {
	return tree.Commit{
		Tree: c.After.Root(), Parents: []tree.ID{parent}, Name: name, Email: email, Date: o.pin.Date.UTC(),
		Message: c.Change.Name + "\n\nsha256:" + c.Change.Sum,
	}.Object()
}

// store writes the patched commits into the mirror.
func (o *patched) store(ctx context.Context) error {
	if err := o.mirror.Repo.Write(ctx, o.chain); err != nil {
		return fmt.Errorf("storing the patched commit: %w", err)
	}
	return nil
}

// prefetch brings the files that the changes name, in one batch. It returns the changes of which something cannot be
// had: a repository is out of reach, or does not have the commit any more.
func (p *Pipeline) prefetch(ctx context.Context, r *resolved, s *patch.Series, src *sources) (map[*patch.Change]*fault.Error, error) {
	missing := map[*patch.Change]*fault.Error{}
	for _, c := range s.Changes {
		if c.Overlay != nil && c.Overlay.Repository != "" {
			src.paths[c.Overlay.Repository] = append(src.paths[c.Overlay.Repository], slices.Sorted(maps.Keys(c.Overlay.Paths))...)
		}
	}
	var paths []string
	seen := map[string]bool{}
	for _, c := range s.Changes {
		if c.Refused != nil {
			continue
		}
		named, err := c.Paths(ctx, src)
		switch code := fault.CodeOf(err); {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case code == fault.Retry || code == fault.Auth || code == fault.Usage:
			missing[c] = fault.New(code, "%w", err).WithHint("%s", fault.HintOf(err))
		case err != nil:
			return nil, fmt.Errorf("reading what change %q takes: %w", c.Name, err)
		}
		for _, path := range named {
			if !seen[path] {
				seen[path] = true
				paths = append(paths, ":(literal)"+path)
			}
		}
	}
	if len(paths) == 0 {
		return missing, nil
	}
	_, err := r.mirror.Prefetch(ctx, r.pin.Commit, paths...)
	return missing, err
}

// sources reads what changes take from repositories; other repositories than upstream have mirrors of their own.
type sources struct {
	p      *Pipeline
	r      *resolved
	others map[string]*upstream.Mirror
	paths  map[string][]string // what the series takes from each repository, so that no more of it is fetched

	mu      sync.Mutex
	commits map[string]*tree.Tree // by repository and commit: each is asked for once a run
	pulls   map[string][2]*tree.Tree
	failed  map[string]error // what could not be had is not asked for again
}

var _ patch.Sources = (*sources)(nil)

// sources are one run's, closed with it.
func (r *resolved) sources(p *Pipeline) *sources {
	if r.src == nil {
		r.src = &sources{p: p, r: r, others: map[string]*upstream.Mirror{}, paths: map[string][]string{}, commits: map[string]*tree.Tree{}, pulls: map[string][2]*tree.Tree{}, failed: map[string]error{}}
	}
	return r.src
}

// Close closes the other mirrors.
func (s *sources) Close() error {
	var errs []error
	for _, m := range s.others {
		errs = append(errs, m.Close())
	}
	return errors.Join(errs...)
}

// Commit gives a tree of upstream or of another repository.
func (s *sources) Commit(ctx context.Context, repository string, commit tree.ID) (*tree.Tree, error) {
	if repository == "" || repository == s.r.pin.URL {
		return s.r.mirror.Repo.At(ctx, commit)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := repository + " " + string(commit)
	if t, err := s.commits[key], s.failed[key]; t != nil || err != nil {
		return t, err
	}
	m := s.others[repository]
	if m == nil {
		var err error
		if m, err = upstream.Open(ctx, repository, s.p.mirrorOptions(s.r.choice)); err != nil {
			return nil, err
		}
		s.others[repository] = m
	}
	t, err := m.Commit(ctx, commit, s.paths[repository]...)
	s.commits[key], s.failed[key] = t, err
	return t, err
}

// Pull gives a pull request's two sides.
func (s *sources) Pull(ctx context.Context, c *patch.Change) (base, head *tree.Tree, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := c.Pull + " " + string(c.Commit)
	if both, ok := s.pulls[key]; ok || s.failed[key] != nil {
		return both[0], both[1], s.failed[key]
	}
	ref, err := upstream.ParsePull(c.Pull)
	if err != nil {
		return nil, nil, err
	}
	pull, err := s.r.mirror.Pull(ctx, ref, c.Commit, s.r.pin.Commit)
	if err != nil {
		s.failed[key] = err
		return nil, nil, err
	}
	if base, head, err = s.ends(ctx, c, pull); err == nil {
		s.pulls[key] = [2]*tree.Tree{base, head}
	}
	return base, head, err
}

// ends are the trees between which a pull request's change lies.
func (s *sources) ends(ctx context.Context, c *patch.Change, pull upstream.Pull) (base, head *tree.Tree, err error) {
	at := s.r.mirror.Repo.At
	if len(pull.Steps) == 0 {
		if base, err = at(ctx, pull.Base); err != nil {
			return nil, nil, err
		}
		head, err = at(ctx, pull.Head)
		return base, head, err
	}
	var steps []patch.Step
	for _, step := range pull.Steps {
		before, err := at(ctx, step.Parent)
		if err != nil {
			return nil, nil, err
		}
		after, err := at(ctx, step.Commit)
		if err != nil {
			return nil, nil, err
		}
		steps = append(steps, patch.Step{Before: before, After: after})
	}
	return patch.Replay(ctx, c, steps)
}
