package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
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
		id, err := t.fresh.blob(f)
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
