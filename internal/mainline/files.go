package mainline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strconv"

	"github.com/howdah/howdah/internal/tree"
)

// Files has the versions of the watched paths.
type Files map[string]Version

// Watched returns the paths that a verdict depends on: those that a change names, and their parent folders, which
// could become files or links.
func Watched(paths []string) map[string]bool {
	out := map[string]bool{}
	for _, p := range paths {
		for p != "." && p != "/" && p != "" && !out[p] {
			out[p] = true
			p = path.Dir(p)
		}
	}
	return out
}

// ReadFiles reads the versions of the paths in a tree. A folder counts as no file.
func ReadFiles(ctx context.Context, t *tree.Tree, paths map[string]bool) (Files, error) {
	found, err := t.LookupEach(ctx, maps.Keys(paths))
	out := make(Files, len(found))
	for p, e := range found {
		if !e.Mode.IsFolder() {
			out[p] = Version{Mode: e.Mode, ID: e.ID}
		}
	}
	return out, err
}

// Key identifies the versions.
func (f Files) Key() string { return f.KeyAmong(slices.Sorted(maps.Keys(f))) }

// KeyAmong is Key, by the sorted paths that may be there: of many states of the same paths it is asked thousands of
// times.
func (f Files) KeyAmong(paths []string) string {
	text := make([]byte, 0, 128*len(f))
	for _, p := range paths {
		if v, ok := f[p]; ok {
			text = append(append(text, p...), 0)
			text = append(strconv.AppendUint(text, uint64(v.Mode), 8), ' ')
			text = append(append(text, v.ID...), 0)
		}
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Update applies a commit.
func (f Files) Update(c Commit, paths map[string]bool) {
	for _, t := range c.Touched {
		switch {
		case !paths[t.Path]:
		case t.New.Exists():
			f[t.Path] = t.New
		default:
			delete(f, t.Path)
		}
	}
}

// Contents returns the ids of the files and links at paths at some commits of the line. It reads the newest of their
// trees, and takes the others from what the commits between them touched: most of thousands of files are the same at
// thousands of commits.
func (m Line) Contents(
	ctx context.Context, src tree.Objects, at []int, paths map[string]bool,
) (map[tree.ID]bool, error) {
	ids := map[tree.ID]bool{}
	if len(at) == 0 {
		return ids, nil
	}
	at = slices.Sorted(slices.Values(at))
	newest := at[len(at)-1]
	files, err := ReadFiles(ctx, tree.At(src, m[newest].Tree), paths)
	if err != nil {
		return nil, err
	}
	add := func(v Version) {
		if v.Mode.IsRegular() || v.Mode == tree.Symlink {
			ids[v.ID] = true
		}
	}
	for _, v := range files {
		add(v)
	}
	altered := map[string]bool{} // since the last commit of at
	for i := newest - 1; i >= at[0]; i-- {
		before := Commit{Touched: Reversed(m[i+1].Touched)}
		files.Update(before, paths)
		for _, t := range before.Touched {
			altered[t.Path] = true
		}
		if _, wanted := slices.BinarySearch(at, i); wanted {
			for name := range altered {
				add(files[name])
			}
			clear(altered)
		}
	}
	return ids, nil
}
