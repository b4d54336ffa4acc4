// Package miniature makes a small stand-in for Mastodon: its embedded files go in, a bare repository with a history
// of its own, always of the same ids, and a distribution of it come out.
package miniature

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/testdata/miniature"
)

// Upstream is the miniature's history, written to a repository.
type Upstream struct {
	Dir   string
	Steps map[string]tree.ID // commits by the names of their steps, as "04-statuses-index"
	refs  map[string]tree.ID // by full name, as "refs/heads/main"
}

// WriteUpstream writes the history into the bare repository dir, making it if need be, up to and with the step
// until ("" for all). Written again with a later step, the repository moves on as an upstream does.
func WriteUpstream(ctx context.Context, dir, until string) (*Upstream, error) {
	steps, err := readSteps(until)
	if err != nil {
		return nil, err
	}
	repo, err := git.Init(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer repo.Close() //nolint:errcheck // it was only written to
	w := writer{
		repo:  repo,
		trees: map[tree.ID]*tree.Tree{},
		seen:  map[tree.ID]bool{},
		up:    &Upstream{Dir: dir, Steps: map[string]tree.ID{}, refs: map[string]tree.ID{}},
	}
	for _, s := range steps {
		if err := w.commit(ctx, s); err != nil {
			return nil, err
		}
	}
	return w.up, w.flush(ctx)
}

// readSteps reads the steps in the order of their names.
func readSteps(until string) ([]step, error) {
	entries, err := miniature.Files.ReadDir("history")
	if err != nil {
		return nil, fmt.Errorf("reading the miniature: %w", err)
	}
	var steps []step
	for _, e := range entries {
		data, err := miniature.Files.ReadFile("history/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the miniature: %w", err)
		}
		s, err := parseStep(strings.TrimSuffix(e.Name(), ".txtar"), data)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
		if s.name == until {
			return steps, nil
		}
	}
	if until != "" {
		return nil, fmt.Errorf("reading the miniature: no step %q", until)
	}
	return steps, nil
}

// writer collects objects, so that all of the history is stored at once.
type writer struct {
	repo    *git.Repo
	trees   map[tree.ID]*tree.Tree // by commit
	seen    map[tree.ID]bool
	objects []tree.Object
	up      *Upstream
}

func (w *writer) commit(ctx context.Context, s step) error {
	var parents []tree.ID
	var t *tree.Tree
	var err error
	if len(w.up.Steps) == 0 {
		t, err = first(ctx, w.repo)
	} else {
		parents = append(parents, w.find(s.from))
		t = w.trees[parents[0]]
	}
	if err != nil {
		return err
	}
	if t == nil {
		return fmt.Errorf("making step %q: no commit %q", s.name, s.from)
	}
	if s.merge != "" {
		parents = append(parents, w.find(s.merge))
	}
	if t, err = s.apply(ctx, t); err != nil {
		return err
	}
	made, err := t.Objects(ctx)
	if err != nil {
		return fmt.Errorf("making step %q: %w", s.name, err)
	}
	commit := tree.Commit{Tree: t.Root(), Parents: parents, Name: s.author, Email: s.email, Date: s.date,
		Message: s.message}.Object()
	for _, o := range append(made, commit) {
		if !w.seen[o.ID] {
			w.seen[o.ID] = true
			w.objects = append(w.objects, o)
		}
	}
	w.trees[commit.ID] = t
	w.up.Steps[s.name] = commit.ID
	if s.branch != "" {
		w.up.refs["refs/heads/"+s.branch] = commit.ID
	}
	for _, ref := range s.refs {
		w.up.refs[ref] = commit.ID
	}
	return nil
}

// find returns the commit of a step, a branch or a ref; "" if there is none.
func (w *writer) find(name string) tree.ID {
	for _, id := range []tree.ID{w.up.Steps[name], w.up.refs["refs/heads/"+name], w.up.refs[name]} {
		if id != "" {
			return id
		}
	}
	return ""
}

func (w *writer) flush(ctx context.Context) error {
	if err := w.repo.Write(ctx, w.objects); err != nil {
		return err
	}
	var updates bytes.Buffer
	for ref, id := range w.up.refs {
		fmt.Fprintf(&updates, "update %s %s\n", ref, id)
	}
	if _, err := w.repo.RunInput(ctx, &updates, "update-ref", "--stdin"); err != nil {
		return fmt.Errorf("setting the miniature's refs: %w", err)
	}
	return nil
}

// first is the tree that the history begins with, before the first step's own changes.
func first(ctx context.Context, src tree.Objects) (*tree.Tree, error) {
	root, err := fs.Sub(miniature.Files, "upstream")
	if err != nil {
		return nil, fmt.Errorf("reading the miniature: %w", err)
	}
	files := map[string]*tree.File{}
	err = fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		files[path.Clean(name)] = &tree.File{Mode: modeOf(name), Data: data}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the miniature: %w", err)
	}
	return tree.At(src, tree.Empty).With(ctx, files)
}
