package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
)

// ErrClash is wrapped by With's error where a path would be a file and a folder at once.
var ErrClash = errors.New("a file and a folder have the same name")

// With returns the tree with files in place of what stood at their paths; nil removes, and removing what does
// not exist is an error that wraps fs.ErrNotExist. A folder that loses its last file goes too. A file cannot take
// the place of a folder that keeps a file, nor lie below a file: ErrClash.
func (t *Tree) With(ctx context.Context, files map[string]*File) (*Tree, error) {
	if len(files) == 0 {
		return t, nil
	}
	top := &node{files: map[string]*File{}, folders: map[string]*node{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name == "" || path.Clean(name) != name || strings.HasPrefix(name, "/") || name == ".." ||
			strings.HasPrefix(name, "../") {
			return nil, &fs.PathError{Op: "write", Path: name, Err: fs.ErrInvalid}
		}
		top.add(name, files[name])
	}
	root, err := t.rebuild(ctx, "", t.root, top)
	if err != nil {
		return nil, err
	}
	if root == "" {
		root = Empty
	}
	next := &Tree{src: t.src, base: t.base, root: root, fresh: t.fresh,
		changed: &changes{t.changed, make(map[string]bool, len(files))}}
	before := &Tree{src: t.src, root: t.base, fresh: t.fresh}
	for name := range files {
		was, err := before.optional(ctx, name)
		if err != nil {
			return nil, err
		}
		is, err := next.optional(ctx, name)
		if err != nil {
			return nil, err
		}
		next.changed.differs[name] = was != is
	}
	return next, nil
}

// optional is Lookup with the zero entry for what does not exist.
func (t *Tree) optional(ctx context.Context, name string) (Entry, error) {
	e, err := t.Lookup(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return Entry{}, nil
	}
	return e, err
}

// node is what is to change in one folder.
type node struct {
	files   map[string]*File
	folders map[string]*node
}

func (n *node) add(name string, f *File) {
	first, rest, deeper := strings.Cut(name, "/")
	if !deeper {
		n.files[name] = f
		return
	}
	if n.folders[first] == nil {
		n.folders[first] = &node{files: map[string]*File{}, folders: map[string]*node{}}
	}
	n.folders[first].add(rest, f)
}

// rebuild returns the id of the folder id after the changes of n, "" when nothing is left in it.
func (t *Tree) rebuild(ctx context.Context, dir string, id ID, n *node) (ID, error) {
	var old []Entry
	if id != "" {
		var err error
		if old, err = t.entries(ctx, id); err != nil {
			return "", fmt.Errorf("reading folder %q: %w", dir, err)
		}
	}
	next := make(listing, len(old), len(old)+len(n.files)+len(n.folders))
	copy(next, old)
	for name, f := range n.files { // removals first: they make room for folders
		if e, ok := find(next, name); f == nil {
			if !ok || e.Mode.IsFolder() {
				return "", &fs.PathError{Op: "remove", Path: path.Join(dir, name), Err: fs.ErrNotExist}
			}
			next.drop(e)
		}
	}
	for name, sub := range n.folders {
		e, ok := find(next, name)
		if ok && !e.Mode.IsFolder() {
			return "", &fs.PathError{Op: "write", Path: path.Join(dir, name), Err: ErrClash}
		}
		child, err := t.rebuild(ctx, path.Join(dir, name), e.ID, sub)
		if err != nil {
			return "", err
		}
		if child == "" {
			next.drop(e)
		} else {
			next.put(Entry{Name: name, Mode: Folder, ID: child})
		}
	}
	for name, f := range n.files {
		if f == nil {
			continue
		}
		if e, ok := find(next, name); ok && e.Mode.IsFolder() {
			return "", &fs.PathError{Op: "write", Path: path.Join(dir, name), Err: ErrClash}
		}
		id, err := t.fresh.blob(f.Data)
		if err != nil {
			return "", fmt.Errorf("writing %q: %w", path.Join(dir, name), err)
		}
		next.put(Entry{Name: name, Mode: f.Mode, ID: id})
	}
	if len(next) == 0 {
		return "", nil
	}
	return t.fresh.tree(next)
}

// listing is the entries of one folder, in git's order.
type listing []Entry

// put adds an entry, or replaces the one of the same name and kind.
func (l *listing) put(e Entry) {
	i, there := slices.BinarySearchFunc(*l, sortName(e), compareSorted)
	if there {
		(*l)[i] = e
		return
	}
	*l = slices.Insert(*l, i, e)
}

// drop takes an entry out, if it is there.
func (l *listing) drop(e Entry) {
	if i, there := slices.BinarySearchFunc(*l, sortName(e), compareSorted); there {
		*l = slices.Delete(*l, i, i+1)
	}
}

// Objects returns the blobs and trees that storing t needs beside those of the tree that it began as, each once,
// contents before the folders that hold them.
func (t *Tree) Objects(ctx context.Context) ([]Object, error) {
	seen := map[ID]bool{}
	var out []Object
	var visit func(id ID) error
	visit = func(id ID) error {
		s, fresh := t.fresh.stored(id)
		if !fresh || seen[id] {
			return nil
		}
		seen[id] = true
		for _, e := range s.entries {
			if e.Mode.IsFolder() {
				if err := visit(e.ID); err != nil {
					return err
				}
				continue
			}
			data, ok := t.fresh.written(e.ID)
			if ok && !seen[e.ID] {
				seen[e.ID] = true
				out = append(out, Object{Type: "blob", ID: e.ID, Data: data})
			}
		}
		out = append(out, s.object)
		return ctx.Err()
	}
	if t.root == Empty {
		return []Object{{Type: "tree", ID: Empty, Data: []byte{}}}, nil
	}
	if err := visit(t.root); err != nil {
		return nil, err
	}
	return out, nil
}

// Delta is one path at which two trees differ; the zero Entry stands for absence.
type Delta struct {
	Path     string
	Old, New Entry
}

// ErrMany is wrapped by CompareMost's error where two trees differ in more entries than are allowed, or deeper.
var ErrMany = errors.New("too many files and folders differ")

// MaxListed is in how many files and folders a fork or a work tree may differ from upstream: Mastodon has some 10,000.
const MaxListed = 200_000

// maxCompared is the length of the longest path that is compared: no system opens a longer one.
const maxCompared = 4096

// Compare lists the files, links and submodules at which two trees differ, by path. Folders that are equal are
// not opened. A file that became a folder is its removal and the folder's files.
func Compare(ctx context.Context, a, b *Tree) ([]Delta, error) {
	return CompareMost(ctx, a, b, math.MaxInt)
}

// CompareMost is Compare of trees that may differ in at most so many files and folders: a small git tree that holds one
// folder many times, which holds another many times, has more files than can be listed.
func CompareMost(ctx context.Context, a, b *Tree, most int) ([]Delta, error) {
	var out []Delta
	seen := 0
	var compare func(dir string, x, y Entry) error
	compare = func(dir string, x, y Entry) error {
		var left, right []Entry
		var err error
		if x.Mode.IsFolder() {
			if left, err = a.entries(ctx, x.ID); err != nil {
				return fmt.Errorf("reading folder %q: %w", dir, err)
			}
		}
		if y.Mode.IsFolder() {
			if right, err = b.entries(ctx, y.ID); err != nil {
				return fmt.Errorf("reading folder %q: %w", dir, err)
			}
		}
		for name, p := range differing(left, right) {
			full := path.Join(dir, name)
			if seen++; seen > most || len(full) > maxCompared {
				return fmt.Errorf("comparing folder %.200q: %w", dir, ErrMany)
			}
			d := Delta{Path: full}
			if !p[0].Mode.IsFolder() {
				d.Old = p[0]
			}
			if !p[1].Mode.IsFolder() {
				d.New = p[1]
			}
			if d.Old != d.New {
				out = append(out, d)
			}
			if p[0].Mode.IsFolder() || p[1].Mode.IsFolder() {
				if err := compare(full, p[0], p[1]); err != nil {
					return err
				}
			}
		}
		return ctx.Err()
	}
	err := compare("", Entry{Mode: Folder, ID: a.root}, Entry{Mode: Folder, ID: b.root})
	slices.SortFunc(out, func(x, y Delta) int { return strings.Compare(x.Path, y.Path) })
	return out, err
}

// differing are the entries of two folders that are not the same in both, by their names. Both lists are mostly equal
// and in one order, so equal entries are passed in step, and only the others cost a map's entry.
func differing(left, right []Entry) map[string][2]Entry {
	pairs := map[string][2]Entry{}
	put := func(side int, e Entry) {
		p := pairs[e.Name]
		p[side] = e
		pairs[e.Name] = p
	}
	for len(left) > 0 || len(right) > 0 {
		switch {
		case len(left) > 0 && len(right) > 0 && left[0] == right[0]:
			left, right = left[1:], right[1:]
		case len(right) == 0 || len(left) > 0 && left[0].Name <= right[0].Name:
			put(0, left[0])
			left = left[1:]
		default:
			put(1, right[0])
			right = right[1:]
		}
	}
	for name, p := range pairs {
		if p[0] == p[1] {
			delete(pairs, name)
		}
	}
	return pairs
}
