package history

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/howdah/howdah/internal/tree"
)

// state is a run of commits, by their indexes, over which none of the watched files changed.
type state struct {
	first, last int
	key         string // names the files' modes and contents
}

// files is what stands at the watched paths.
type files map[string]Version

// watched are the paths that a verdict depends on: those that a change names, and their parent folders, which could
// become files or links.
func watched(paths []string) map[string]bool {
	out := map[string]bool{}
	for _, p := range paths {
		for p != "." && p != "/" && p != "" && !out[p] {
			out[p] = true
			p = path.Dir(p)
		}
	}
	return out
}

// look reads what stands at the paths in a tree. A folder counts as no file, whatever is in it.
func look(ctx context.Context, t *tree.Tree, paths map[string]bool) (files, error) {
	out := files{}
	for p := range paths {
		e, err := t.Lookup(ctx, p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case !e.Mode.IsFolder():
			out[p] = Version{Mode: e.Mode, ID: e.ID}
		}
	}
	return out, nil
}

// key names what stands there.
func (f files) key() string {
	h := sha256.New()
	for _, p := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(h, "%s\x00%o %s\x00", p, f[p].Mode, f[p].ID)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// update is what stands there after a commit.
func (f files) update(c Commit, paths map[string]bool) {
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

// states cuts a line where a watched file changes, and at the indexes of cuts; begin is what stands there at its first
// commit.
func (m Mainline) states(paths map[string]bool, begin files, cuts []int) []state {
	at := append(m.touching(paths), cuts...)
	slices.Sort(at)
	out := []state{{key: begin.key()}}
	for _, i := range slices.Compact(at) {
		if i <= 0 || i >= len(m) {
			continue
		}
		begin.update(m[i], paths)
		out[len(out)-1].last = i - 1
		out = append(out, state{first: i, key: begin.key()})
	}
	out[len(out)-1].last = len(m) - 1
	return out
}
