// Package tree is an immutable overlay on a git tree: stored objects and changed files go in, a new tree with
// its id, the paths that changed and the objects to store come out. It does no I/O of its own.
package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Tree is a git tree, stored or not. Its methods may be called from several goroutines.
type Tree struct {
	src     Objects
	base    ID // the stored tree that it began as
	root    ID
	fresh   *store // objects that src need not have, shared along a chain of trees
	changed *changes
}

// changes are the paths of one With, and whether each then differs from the tree that the chain began as.
type changes struct {
	before  *changes
	differs map[string]bool
}

// maxFresh is how many bytes of files and folders a chain of trees may hold in memory, each counted once.
const maxFresh = 160 << 20

// ErrFull is wrapped by With's error where a chain of trees would hold more than maxFresh.
var ErrFull = fmt.Errorf("more than %d MiB of files and folders", maxFresh>>20)

// store holds objects by their id; since an id names its content, sharing it keeps trees immutable.
type store struct {
	below *store        // that of the chain that this one forked from
	made  *atomic.Int64 // folders of drafts; nil where none is made, see Draft
	size  int
	full  bool // something did not fit in; nothing does from then on
	mu    sync.RWMutex
	trees map[ID]stored
	blobs map[ID][]byte
	read  map[ID][]byte // stored blobs that ReadAhead brought
}

type stored struct {
	entries []Entry
	object  Object
}

// At returns the stored tree root.
func At(src Objects, root ID) *Tree {
	return &Tree{src: src, base: root, root: root, fresh: &store{trees: map[ID]stored{}, blobs: map[ID][]byte{}}}
}

func (t *Tree) Root() ID { return t.root }

// Changed lists the paths whose content or mode differs from the tree that this one began as, sorted.
func (t *Tree) Changed() []string {
	last := map[string]bool{}
	for c := t.changed; c != nil; c = c.before {
		for name, differs := range c.differs {
			if _, later := last[name]; !later {
				last[name] = differs
			}
		}
	}
	maps.DeleteFunc(last, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(last))
}

// Fork returns the same tree as the beginning of a chain of its own: what is made of it is forgotten with it.
func (t *Tree) Fork() *Tree {
	next := *t
	next.fresh = &store{below: t.fresh, made: t.fresh.made, trees: map[ID]stored{}, blobs: map[ID][]byte{}}
	return &next
}

// Draft is Fork for trees that are looked at and never stored: folders that are made have no id of git's, which is
// most of what With costs. Files have theirs.
func (t *Tree) Draft() *Tree {
	next := t.Fork()
	if next.fresh.made == nil {
		next.fresh.made = new(atomic.Int64)
	}
	return next
}

// entries reads one tree object.
func (t *Tree) entries(ctx context.Context, id ID) ([]Entry, error) {
	s, ok := t.fresh.stored(id)
	if ok {
		return s.entries, nil
	}
	if id == Empty {
		return nil, nil
	}
	return t.src.Tree(ctx, id)
}

func (t *Tree) Blob(ctx context.Context, id ID) ([]byte, error) {
	data, ok := t.fresh.content(id)
	if ok {
		return data, nil
	}
	return t.src.Blob(ctx, id)
}

// Lookup returns the entry at a slash-separated path; "" is the root. It follows no symbolic link. A path that
// does not exist, or leads through something that is no folder, is an error that wraps fs.ErrNotExist.
func (t *Tree) Lookup(ctx context.Context, name string) (Entry, error) {
	e := Entry{Mode: Folder, ID: t.root}
	if name == "" {
		return e, nil
	}
	for rest := name; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		if !e.Mode.IsFolder() {
			return Entry{}, &fs.PathError{Op: "lookup", Path: name, Err: fs.ErrNotExist}
		}
		entries, err := t.entries(ctx, e.ID)
		if err != nil {
			return Entry{}, fmt.Errorf("reading the folder of %q: %w", name, err)
		}
		found, ok := find(entries, part)
		if !ok {
			return Entry{}, &fs.PathError{Op: "lookup", Path: name, Err: fs.ErrNotExist}
		}
		e = found
	}
	return e, nil
}

// LookupEach is Lookup of many paths, each of whose folders is read once. Those that do not exist are left out.
func (t *Tree) LookupEach(ctx context.Context, names iter.Seq[string]) (map[string]Entry, error) {
	out := map[string]Entry{}
	folders := map[string][]Entry{}
	var open func(dir string) ([]Entry, error)
	open = func(dir string) ([]Entry, error) {
		entries, ok := folders[dir]
		if ok {
			return entries, nil
		}
		id := t.root
		if dir != "" {
			above, name := path.Split(dir)
			list, err := open(strings.TrimSuffix(above, "/"))
			if err != nil {
				return nil, err
			}
			e, _ := find(list, name)
			if id = e.ID; !e.Mode.IsFolder() {
				id = Empty
			}
		}
		entries, err := t.entries(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("reading the folder %q: %w", dir, err)
		}
		folders[dir] = entries
		return entries, nil
	}
	for name := range names {
		dir, base := path.Split(name)
		entries, err := open(strings.TrimSuffix(dir, "/"))
		if err != nil {
			return nil, err
		}
		if e, ok := find(entries, base); ok {
			out[name] = e
		}
	}
	return out, nil
}

// find looks a name up among entries in git's order, in which a folder and a file of one name lie apart.
func find(entries []Entry, name string) (Entry, bool) {
	for _, probe := range [2]string{name, name + "/"} {
		if i, ok := slices.BinarySearchFunc(entries, probe, compareSorted); ok {
			return entries[i], true
		}
	}
	return Entry{}, false
}

// compareSorted compares the name by which git sorts an entry with another, without making it.
func compareSorted(e Entry, s string) int {
	if !e.Mode.IsFolder() || len(s) <= len(e.Name) {
		c := strings.Compare(e.Name, s)
		if c == 0 && e.Mode.IsFolder() {
			return 1
		}
		return c
	}
	if c := strings.Compare(e.Name, s[:len(e.Name)]); c != 0 {
		return c
	}
	return strings.Compare("/", s[len(e.Name):])
}

// ReadFile returns the file or symbolic link at name (a link's content is its target).
func (t *Tree) ReadFile(ctx context.Context, name string) (File, error) {
	e, err := t.Lookup(ctx, name)
	if err != nil {
		return File{}, err
	}
	if !e.Mode.IsRegular() && e.Mode != Symlink {
		return File{}, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a file")}
	}
	data, err := t.Blob(ctx, e.ID)
	if err != nil {
		return File{}, fmt.Errorf("reading %q: %w", name, err)
	}
	return File{Mode: e.Mode, Data: data}, nil
}

// ReadDir returns the entries of a folder in git's order; "" is the root.
func (t *Tree) ReadDir(ctx context.Context, name string) ([]Entry, error) {
	e, err := t.Lookup(ctx, name)
	if err != nil {
		return nil, err
	}
	if !e.Mode.IsFolder() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a folder")}
	}
	entries, err := t.entries(ctx, e.ID)
	return slices.Clone(entries), err
}

// Walk calls fn for every entry below the root, folders before their content, in git's order. fs.SkipDir from
// a folder leaves its content out, fs.SkipAll ends the walk.
func (t *Tree) Walk(ctx context.Context, fn func(name string, e Entry) error) error {
	return t.WalkIn(ctx, Entry{Mode: Folder, ID: t.root}, fn)
}

// WalkIn is Walk below a folder of the tree: names are relative to it.
func (t *Tree) WalkIn(ctx context.Context, folder Entry, fn func(name string, e Entry) error) error {
	err := t.walk(ctx, "", folder.ID, fn)
	if errors.Is(err, fs.SkipAll) {
		return nil
	}
	return err
}

func (t *Tree) walk(ctx context.Context, dir string, id ID, fn func(string, Entry) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := t.entries(ctx, id)
	if err != nil {
		return fmt.Errorf("reading folder %q: %w", dir, err)
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name)
		err := fn(name, e)
		if e.Mode.IsFolder() {
			if errors.Is(err, fs.SkipDir) {
				continue
			}
			if err == nil {
				err = t.walk(ctx, name, e.ID, fn)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
