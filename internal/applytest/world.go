// Package applytest is for tests only: it reads a golden file that describes upstream, folders of changes and a lock as
// a World, applies the series to it, and writes the result as golden files have it.
package applytest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Store is an object store without a disk.
type Store struct {
	mu    sync.Mutex
	trees map[tree.ID][]tree.Entry
	blobs map[tree.ID][]byte
}

func NewStore() *Store {
	return &Store{trees: map[tree.ID][]tree.Entry{tree.Empty: nil}, blobs: map[tree.ID][]byte{}}
}

func (m *Store) Tree(_ context.Context, id tree.ID) ([]tree.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.trees[id]; ok {
		return e, nil
	}
	return nil, fmt.Errorf("tree %s: %w", id, fs.ErrNotExist)
}

func (m *Store) Blob(_ context.Context, id tree.ID) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b, ok := m.blobs[id]; ok {
		return b, nil
	}
	return nil, fmt.Errorf("blob %s: %w", id, fs.ErrNotExist)
}

// Put stores files and gives their tree.
func (m *Store) Put(t testing.TB, files map[string]*tree.File) *tree.Tree {
	t.Helper()
	made, err := tree.At(m, tree.Empty).With(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := made.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range objects {
		switch o.Type {
		case "blob":
			m.blobs[o.ID] = o.Data
		case "tree":
			if m.trees[o.ID], err = tree.ParseTree(o.Data); err != nil {
				t.Fatal(err)
			}
		}
	}
	return tree.At(m, made.Root())
}

// World is what a golden file describes.
type World struct {
	t       testing.TB
	mem     *Store
	folders []series.Folder
	files   map[string]map[string]*tree.File // by the first part of the name: upstream, accepted, base/X, head/X, other
	In      apply.Inputs
	Locked  bool
	landed  map[string]verdict.Landing // by name
}

const (
	Pinned   tree.ID = "1111111111111111111111111111111111111111"
	Accepted tree.ID = "2222222222222222222222222222222222222222"
	Elephant tree.ID = "3333333333333333333333333333333333333333"
)

// Commit returns upstream as it was accepted, and the one other repository.
func (w *World) Commit(_ context.Context, repository string, commit tree.ID) (*tree.Tree, error) {
	name := map[tree.ID]string{Accepted: "accepted", Elephant: "other"}[commit]
	if (repository == "") != (commit == Accepted) || w.files[name] == nil {
		return nil, fmt.Errorf("commit %s of %q: %w", commit, repository, fs.ErrNotExist)
	}
	return w.mem.Put(w.t, w.files[name]), nil
}

// Pull returns base/NAME and head/NAME.
func (w *World) Pull(_ context.Context, c *series.Change) (base, head *tree.Tree, err error) {
	return w.mem.Put(w.t, w.files["base/"+c.Name]), w.mem.Put(w.t, w.files["head/"+c.Name]), nil
}

// New reads a golden file. Its comment has lines "key value"; files are patches/…, upstream/…, and so on. Lines
// of MODES are "NAME x" for an executable and "NAME -> TARGET" for a symbolic link.
func New(t testing.TB, archive *txtar.Archive) *World {
	t.Helper()
	w := &World{t: t, mem: NewStore(), files: map[string]map[string]*tree.File{"upstream": {}},
		landed: map[string]verdict.Landing{}}
	folders := map[string]fstest.MapFS{}
	put := func(name string, f *tree.File) {
		top, rest, _ := strings.Cut(name, "/")
		if top == "base" || top == "head" {
			var of string
			of, rest, _ = strings.Cut(rest, "/")
			top += "/" + of
		}
		if w.files[top] == nil {
			w.files[top] = map[string]*tree.File{}
		}
		w.files[top][rest] = f
	}
	get := func(name string) *tree.File {
		top, rest, _ := strings.Cut(name, "/")
		if top == "base" || top == "head" {
			var of string
			of, rest, _ = strings.Cut(rest, "/")
			top += "/" + of
		}
		return w.files[top][rest]
	}
	modes := ""
	for _, f := range archive.Files {
		top, rest, _ := strings.Cut(f.Name, "/")
		switch {
		case f.Name == "want":
		case strings.HasPrefix(top, "patches"):
			if folders[top] == nil {
				folders[top] = fstest.MapFS{}
				w.folders = append(w.folders, series.Folder{Name: top, FS: folders[top]})
			}
			folders[top][rest] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
		case f.Name == "MODES":
			modes = string(f.Data)
		default:
			put(f.Name, &tree.File{Mode: tree.Regular, Data: f.Data})
		}
	}
	for line := range strings.Lines(modes) {
		line = strings.TrimRight(line, "\n")
		if name, target, ok := strings.Cut(line, " -> "); ok {
			top, rest, _ := strings.Cut(name, "/")
			if folders[top] != nil {
				folders[top][rest] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
				continue
			}
			put(name, &tree.File{Mode: tree.Symlink, Data: []byte(target)})
		} else if name, ok := strings.CutSuffix(line, " x"); ok {
			get(name).Mode = tree.Executable
		} else if name, ok := strings.CutSuffix(line, " crlf"); ok {
			get(name).Data = bytes.ReplaceAll(get(name).Data, []byte("\n"), []byte("\r\n"))
		} else if name, ok := strings.CutSuffix(line, " bare"); ok { // no line feed at its end
			if f := get(name); f != nil {
				f.Data = bytes.TrimSuffix(f.Data, []byte("\n"))
			}
		} else {
			t.Fatalf("MODES: %q", line)
		}
	}
	w.In = apply.Inputs{Commit: Pinned, Version: "4.6.0-alpha.7", Day: time.Date(2026, 4, 30, 12, 0, 0, 0, time.UTC),
		Sources: w}
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "day":
			day, err := time.Parse(time.DateOnly, value)
			if err != nil {
				t.Fatal(err)
			}
			w.In.Day = day
		case "version":
			w.In.Version = value
		case "without":
			w.In.Without = strings.Split(value, ",")
		case "lock":
			w.Locked = true
		case "landed":
			w.landed[value] = verdict.Landing{By: &verdict.Commit{ID: Pinned, Pull: 23215, Subject: "Add it (#23215)"}}
		case "undone":
			w.landed[value] = verdict.Landing{By: &verdict.Commit{ID: Pinned, Pull: 23215},
				Undone: &verdict.Commit{ID: Elephant, Pull: 23216, Subject: "Revert it (#23216)"}}
		}
	}
	return w
}

// Apply loads the series and applies it.
func (w *World) Apply(t testing.TB) (*series.Series, *verdict.Result, error) {
	s, err := series.Load(w.folders)
	if err != nil {
		return nil, nil, err
	}
	w.In.Base = w.mem.Put(t, w.files["upstream"])
	w.In.Landed = map[string]verdict.Landing{}
	for _, c := range s.Changes {
		if l, ok := w.landed[c.Name]; ok {
			w.In.Landed[c.Sum] = l
		}
	}
	if w.Locked {
		then := w.In
		then.Base, then.Without, then.Landed = w.mem.Put(t, w.files["accepted"]), nil, nil
		r, err := apply.Apply(t.Context(), s, then)
		if err != nil {
			return s, nil, err
		}
		lock, err := r.Lock(t.Context(), Accepted, nil)
		if err != nil {
			return s, nil, err
		}
		if w.In.Lock, err = series.ParseLock("series.lock", lock.Format()); err != nil {
			t.Fatalf("the lock does not read back: %v\n%s", err, lock.Format())
		}
	}
	r, err := apply.Apply(t.Context(), s, w.In)
	return s, r, err
}
