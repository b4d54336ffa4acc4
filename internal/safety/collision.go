package safety

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// Collisions finds paths that some file systems cannot tell apart, because these ignore case and the forms of an
// accented letter.
type Collisions struct {
	files map[string]*tree.File          // that the change writes; nil removes
	made  map[string][]string            // of the files that the change writes
	dirs  map[string]map[string][]string // of the tree's folders, as far as they were looked at
}

// NewCollisions looks at the files that a change writes; nil removes one. The map may grow afterwards.
func NewCollisions(files map[string]*tree.File) *Collisions {
	w := &Collisions{files: files, made: map[string][]string{}, dirs: map[string]map[string][]string{}}
	for name, f := range files {
		if f != nil {
			key := folded(name)
			w.made[key] = append(w.made[key], name)
		}
	}
	return w
}

// dir lists a folder of the tree by its folded names; nil where there is none.
func (w *Collisions) dir(ctx context.Context, t *tree.Tree, dir string) (map[string][]string, []tree.Entry, error) {
	entries, err := t.ReadDir(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	names := w.dirs[dir]
	if names == nil {
		names = map[string][]string{}
		for _, e := range entries {
			key := folded(e.Name)
			names[key] = append(names[key], e.Name)
		}
		w.dirs[dir] = names
	}
	return names, entries, nil
}

// Check refuses a new path of tree t that some file systems take for another one.
func (w *Collisions) Check(ctx context.Context, t *tree.Tree, name string) (*fault.Error, error) {
	for _, other := range w.made[folded(name)] {
		if other != name && w.files[other] != nil {
			return indistinct(min(name, other), max(name, other)), nil
		}
	}
	for at := name; at != "."; at = path.Dir(at) {
		dir := path.Dir(at)
		if dir == "." {
			dir = ""
		}
		names, entries, err := w.dir(ctx, t, dir)
		if err != nil {
			return nil, err
		}
		base := path.Base(at)
		there := names[folded(base)]
		for _, other := range there {
			removed, ok := w.files[path.Join(dir, other)]
			if other != base && !(ok && removed == nil) {
				return indistinct(name, path.Join(dir, other)), nil
			}
		}
		if !slices.Contains(there, base) {
			continue
		}
		if at == name &&
			slices.ContainsFunc(entries, func(e tree.Entry) bool { return e.Name == base && e.Mode.IsFolder() }) {
			return Unsafe("%q is a folder", name), nil
		}
		break // the folders above it are there, under their own names
	}
	return nil, nil
}

func indistinct(a, b string) *fault.Error {
	return Unsafe("paths %q and %q differ only in a form that some file systems do not tell apart", a, b)
}

// folded is a name as file systems see it that tell neither case nor the forms of an accented letter apart.
func folded(name string) string { return strings.ToLower(norm.NFC.String(name)) }
