package mainline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"

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
func (f Files) Key() string {
	h := sha256.New()
	for _, p := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(h, "%s\x00%o %s\x00", p, f[p].Mode, f[p].ID)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
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
