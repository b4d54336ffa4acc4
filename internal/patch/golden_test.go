package patch

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

var update = flag.Bool("update", false, "write what the golden files should hold")

// memory is an object store without a disk.
type memory struct {
	mu    sync.Mutex
	trees map[tree.ID][]tree.Entry
	blobs map[tree.ID][]byte
}

func newMemory() *memory {
	return &memory{trees: map[tree.ID][]tree.Entry{tree.Empty: nil}, blobs: map[tree.ID][]byte{}}
}

func (m *memory) Tree(_ context.Context, id tree.ID) ([]tree.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.trees[id]; ok {
		return e, nil
	}
	return nil, fmt.Errorf("tree %s: %w", id, fs.ErrNotExist)
}

func (m *memory) Blob(_ context.Context, id tree.ID) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b, ok := m.blobs[id]; ok {
		return b, nil
	}
	return nil, fmt.Errorf("blob %s: %w", id, fs.ErrNotExist)
}

// tree stores files and gives their tree.
func (m *memory) tree(t testing.TB, files map[string]*tree.File) *tree.Tree {
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

// world is what a golden file describes.
type world struct {
	mem     *memory
	folders []Folder
	files   map[string]map[string]*tree.File // by the first part of the name: upstream, accepted, base/X, head/X, other
	in      Inputs
	lock    bool
	landed  map[string]Landing // by name
}

const (
	pinned   tree.ID = "1111111111111111111111111111111111111111"
	accepts  tree.ID = "2222222222222222222222222222222222222222"
	elephant tree.ID = "3333333333333333333333333333333333333333"
)

// Commit gives upstream as it was accepted, and the one other repository.
func (w *world) Commit(_ context.Context, repository string, commit tree.ID) (*tree.Tree, error) {
	name := map[tree.ID]string{accepts: "accepted", elephant: "other"}[commit]
	if (repository == "") != (commit == accepts) || w.files[name] == nil {
		return nil, fmt.Errorf("commit %s of %q: %w", commit, repository, fs.ErrNotExist)
	}
	return w.mem.tree(w.t(), w.files[name]), nil
}

// Pull gives base/NAME and head/NAME.
func (w *world) Pull(_ context.Context, c *Change) (base, head *tree.Tree, err error) {
	return w.mem.tree(w.t(), w.files["base/"+c.Name]), w.mem.tree(w.t(), w.files["head/"+c.Name]), nil
}

func (w *world) t() testing.TB { return theT }

var theT testing.TB // the tests of this package run one after the other

// newWorld reads a golden file. Its comment has lines "key value"; files are patches/…, upstream/…, and so on. Lines
// of MODES are "NAME x" for an executable and "NAME -> TARGET" for a symbolic link.
func newWorld(t testing.TB, archive *txtar.Archive) *world {
	t.Helper()
	theT = t
	w := &world{mem: newMemory(), files: map[string]map[string]*tree.File{"upstream": {}}, landed: map[string]Landing{}}
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
				w.folders = append(w.folders, Folder{Name: top, FS: folders[top]})
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
	w.in = Inputs{Commit: pinned, Version: "4.6.0-alpha.7", Day: time.Date(2026, 4, 30, 12, 0, 0, 0, time.UTC), Sources: w}
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "day":
			day, err := time.Parse(time.DateOnly, value)
			if err != nil {
				t.Fatal(err)
			}
			w.in.Day = day
		case "version":
			w.in.Version = value
		case "without":
			w.in.Without = strings.Split(value, ",")
		case "lock":
			w.lock = true
		case "landed":
			w.landed[value] = Landing{By: &Commit{ID: pinned, Pull: 23215, Subject: "Add it (#23215)"}}
		case "undone":
			w.landed[value] = Landing{By: &Commit{ID: pinned, Pull: 23215}, Undone: &Commit{ID: elephant, Pull: 23216, Subject: "Revert it (#23216)"}}
		}
	}
	return w
}

// apply loads the series and applies it.
func (w *world) apply(t testing.TB) (*Series, *Result, error) {
	s, err := Load(w.folders)
	if err != nil {
		return nil, nil, err
	}
	w.in.Base = w.mem.tree(t, w.files["upstream"])
	w.in.Landed = map[string]Landing{}
	for _, c := range s.Changes {
		if l, ok := w.landed[c.Name]; ok {
			w.in.Landed[c.Sum] = l
		}
	}
	if w.lock {
		then := w.in
		then.Base, then.Without, then.Landed = w.mem.tree(t, w.files["accepted"]), nil, nil
		r, err := s.Apply(t.Context(), then)
		if err != nil {
			return s, nil, err
		}
		lock, err := NewLock(t.Context(), accepts, r, nil)
		if err != nil {
			return s, nil, err
		}
		if w.in.Lock, err = ParseLock("series.lock", lock.Format()); err != nil {
			t.Fatalf("the lock does not read back: %v\n%s", err, lock.Format())
		}
	}
	r, err := s.Apply(t.Context(), w.in)
	return s, r, err
}

// tell writes a result as golden files have it.
func tell(t testing.TB, w *world, r *Result, err error) string {
	var b strings.Builder
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(&b, "error: %s\n", strings.TrimRight(line, "\n"))
		}
		if hint := fault.HintOf(err).String(); hint != "" {
			fmt.Fprintf(&b, "hint: %s\n", hint)
		}
		fmt.Fprintf(&b, "exit %d\n", fault.CodeOf(err))
		return b.String()
	}
	for _, o := range r.Outcomes {
		fmt.Fprintf(&b, "%s: %s", o.Change.Name, o.Verdict)
		if o.Would != "" {
			fmt.Fprintf(&b, " (would be %s)", o.Would)
		}
		for _, remark := range o.Remarks {
			fmt.Fprintf(&b, ", %s", remark)
		}
		if o.Offset > 0 {
			fmt.Fprintf(&b, ", %d lines", o.Offset)
		}
		b.WriteString("\n")
		if o.Message != "" {
			fmt.Fprintf(&b, "  %s\n", o.Message)
		}
		if o.Error != nil {
			fmt.Fprintf(&b, "  refused with %d at %s:%d\n", o.Error.Code, o.Error.File, o.Error.Line)
		}
		if !o.Hint.IsZero() {
			fmt.Fprintf(&b, "  hint: %s\n", o.Hint)
		}
		for _, m := range o.Moves {
			fmt.Fprintf(&b, "  moved: %s -> %s\n", m.From, m.To)
		}
		for _, at := range o.At {
			fmt.Fprintf(&b, "  at %s:%d: %s\n", at.File, at.Line, at.Text)
		}
		for _, u := range o.Unmerged {
			fmt.Fprintf(&b, "  unmerged %s:%d base %q ours %q theirs %q\n", u.File, u.Line, u.Base, u.Ours, u.Theirs)
		}
		if len(o.Blockers) > 0 {
			fmt.Fprintf(&b, "  blocked by %s, alone %v\n", strings.Join(o.Blockers, ", "), o.Alone)
		}
		if o.By != nil {
			fmt.Fprintf(&b, "  by #%d\n", o.By.Pull)
		}
	}
	fmt.Fprintf(&b, "ok %v, exit %d, strict %d\n", r.OK(), r.Exit(false), r.Exit(true))
	b.WriteString(treeDiff(t, w.in.Base, r.Tree))
	return b.String()
}

// treeDiff is what leads from one tree to another.
func treeDiff(t testing.TB, a, b *tree.Tree) string {
	deltas, err := tree.Compare(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, d := range deltas {
		var sides [2][]byte
		for i, e := range []tree.Entry{d.Old, d.New} {
			if e.ID == "" {
				continue
			}
			if sides[i], err = []*tree.Tree{a, b}[i].Blob(t.Context(), e.ID); err != nil {
				t.Fatal(err)
			}
		}
		f := diff.Texts(d.Path, sides[0], sides[1])
		if f == nil {
			f = &diff.File{OldName: d.Path, NewName: d.Path}
		}
		f.OldMode, f.NewMode = uint32(d.Old.Mode), uint32(d.New.Mode)
		f.New, f.Deleted = d.Old.ID == "", d.New.ID == ""
		if f.New {
			f.OldName, f.OldMode = "", 0
		}
		if f.Deleted {
			f.NewName, f.NewMode = "", 0
		}
		out = append(out, diff.Format([]*diff.File{f})...)
	}
	return string(out)
}

func TestApply(t *testing.T) {
	golden(t, "testdata/apply/*.txtar", func(t *testing.T, archive *txtar.Archive) string {
		w := newWorld(t, archive)
		_, r, err := w.apply(t)
		return tell(t, w, r, err)
	})
}

// golden compares what run gives for each file with its part "want".
func golden(t *testing.T, pattern string, run func(*testing.T, *txtar.Archive) string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no golden files: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(path.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, archive)
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
			if *update {
				if i < 0 {
					archive.Files, i = append(archive.Files, txtar.File{Name: "want"}), len(archive.Files)
				}
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if i < 0 || got != string(archive.Files[i].Data) {
				want := ""
				if i >= 0 {
					want = string(archive.Files[i].Data)
				}
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
