package patchimport

import (
	"context"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// forkChange is a change made from a fork.
type forkChange struct {
	topic  *fork.Topic
	change *series.Change
}

// madeChanges are the changes made from a fork, and the tree that they have to make.
type madeChanges struct {
	changes  []forkChange
	lost     map[string]error // by path: why no change can write it
	expected *tree.Tree
}

// forkImport is the changes made from a fork, and the check that they make its tree.
type forkImport struct {
	base   tree.ID
	own    bool // the base is no commit of upstream
	made   madeChanges
	proof  *verdict.Result // of the changes on the base
	differ []string        // paths in which the result differs from what is expected
}

// named returns a change with the name and the why of the options.
func (c forkChange) named(n Options) forkChange {
	named := *c.change
	named.Name = n.Name
	if n.Why != "" {
		named.Why = n.Why
	}
	return forkChange{c.topic, &named}
}

// changes makes changes of the fork's difference to its base, for the paths that the options choose.
func (f *openedFork) changes(ctx context.Context, n Options) (made madeChanges, err error) {
	keep := paths(n.Only, n.Without)
	base, err := f.source.repo.At(ctx, f.base)
	if err != nil {
		return made, err
	}
	tip, err := f.source.repo.At(ctx, f.source.tip)
	if err != nil {
		return made, err
	}
	list, err := tree.Compare(ctx, base, tip)
	if err != nil {
		return made, err
	}
	deltas, err := fork.Deltas(ctx, list, f.source, keep)
	if err != nil {
		return made, err
	}
	if len(deltas) == len(list) || !slices.ContainsFunc(list, func(d tree.Delta) bool { return !keep(d.Path) }) {
		made.expected = tip
	} else if made.expected, err = chosen(ctx, base, tip, list, keep); err != nil {
		return made, err
	}
	traced, topics, err := fork.Topics(ctx, fork.Fork{
		Commits: f.history.commits, Deltas: deltas, Refuse: refuse,
		Known: fork.Known{
			Copied:  func(s string) bool { return f.history.known[s] },
			Release: func(name string) bool { return f.history.releases[name] != "" },
		},
		Pulls: func(ctx context.Context) (func(tree.ID, string) string, error) {
			return f.source.upstream.Mirror.PullsOfFork(ctx, f.source.repo, f.source.address, f.source.tip, f.history.tips)
		},
	}, f.source)
	if err != nil {
		return made, err
	}
	made.lost = traced.Lost()
	steps, err := fork.Steps(ctx, base, traced, topics)
	if err != nil {
		return made, err
	}
	by, err := f.source.signedOf(ctx, steps)
	if err != nil {
		return made, err
	}
	for _, s := range steps {
		name := importer.Prefixed(n.Prefix, s.Name)
		c := &series.Change{Name: name, Why: s.Why, Required: true, Allow: s.Allow}
		patch, err := rewrite.AsPatch(ctx, c, name+".patch", s.Before, s.After)
		if err != nil {
			return made, fmt.Errorf("making the change %q: %w", name, err)
		}
		made.changes = append(made.changes, forkChange{topic: s.Topic, change: withSignature(patch, s.Topic, by)})
	}
	return made, nil
}

// chosen returns the base with the selected files of the tip.
func chosen(ctx context.Context, base, tip *tree.Tree, list []tree.Delta, keep func(string) bool) (*tree.Tree, error) {
	files := map[string]*tree.File{}
	for _, d := range list {
		if !keep(d.Path) {
			continue
		}
		files[d.Path] = nil
		if d.New.ID == "" {
			continue
		}
		f, err := tip.ReadFile(ctx, d.Path)
		if err != nil {
			return nil, err
		}
		files[d.Path] = &f
	}
	return base.With(ctx, files)
}

// prove applies the changes to the base, and compares the result with the fork's own tree.
func (f *openedFork) prove(ctx context.Context, made madeChanges) (*forkImport, error) {
	base, err := f.source.repo.At(ctx, f.base)
	if err != nil {
		return nil, err
	}
	s := &series.Series{Resolutions: series.Resolutions{}}
	for _, c := range made.changes {
		s.Changes = append(s.Changes, c.change)
	}
	proof, err := apply.Apply(ctx, s, apply.Inputs{Base: base, Commit: f.base})
	if err != nil {
		return nil, err
	}
	i := &forkImport{base: f.base, own: f.own, made: made, proof: proof}
	if proof.Tree.Root() == made.expected.Root() {
		return i, nil
	}
	deltas, err := tree.Compare(ctx, proof.Tree, made.expected)
	for _, d := range deltas {
		i.differ = append(i.differ, d.Path)
	}
	return i, err
}
