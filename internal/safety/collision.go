package safety

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// Collisions finds paths that some file systems cannot tell apart, because these ignore case and the forms of an
// accented letter.
type Collisions struct {
	files map[string]*tree.File // that the change writes; nil removes
	made  map[string][]string   // of the files that the change writes
	dirs  map[string]*listed    // of the tree's folders, as far as they were looked at
}

// listed is a folder of the tree.
type listed struct {
	names   map[string][]string // by their folded forms
	folders map[string]bool
}

// NewCollisions looks at the files that a change writes; nil removes one. The map may grow afterwards.
func NewCollisions(files map[string]*tree.File) *Collisions {
	w := &Collisions{files: files, made: map[string][]string{}, dirs: map[string]*listed{}}
	for name, f := range files {
		if f != nil {
			key := folded(name)
			w.made[key] = append(w.made[key], name)
		}
	}
	return w
}

// dir lists a folder of the tree, once; nil where there is none.
func (w *Collisions) dir(ctx context.Context, t *tree.Tree, dir string) (*listed, error) {
	if known, ok := w.dirs[dir]; ok {
		return known, nil
	}
	entries, err := t.ReadDir(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		w.dirs[dir] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l := &listed{names: make(map[string][]string, len(entries)), folders: map[string]bool{}}
	all := make([]string, len(entries)) // one memory for the lists of one name each
	for i, e := range entries {
		all[i] = e.Name
		key := folded(e.Name)
		if before := l.names[key]; before != nil {
			l.names[key] = append(before, e.Name)
		} else {
			l.names[key] = all[i : i+1 : i+1]
		}
		if e.Mode.IsFolder() {
			l.folders[e.Name] = true
		}
	}
	w.dirs[dir] = l
	return l, nil
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
		folder, err := w.dir(ctx, t, dir)
		if err != nil {
			return nil, err
		}
		if folder == nil {
			continue
		}
		base := path.Base(at)
		there := folder.names[folded(base)]
		for _, other := range there {
			removed, ok := w.files[path.Join(dir, other)]
			if other != base && !(ok && removed == nil) {
				return indistinct(name, path.Join(dir, other)), nil
			}
		}
		if !slices.Contains(there, base) {
			continue
		}
		if at == name && folder.folders[base] {
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
func folded(name string) string {
	for i := range len(name) {
		if c := name[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return strings.ToLower(norm.NFC.String(name))
		}
	}
	return name
}
