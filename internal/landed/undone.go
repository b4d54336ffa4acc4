package landed

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// undone is the first commit, from an index on, that took the landed change back; -1 when there is none.
func (h *search) undone(ctx context.Context, src *mainline.Objects, line mainline.Line, begin int) (int, error) {
	paths := map[string]bool{}
	for _, n := range h.names {
		paths[n] = true
	}
	var later []int
	blobs := map[tree.ID]bool{}
	for _, i := range line.Touching(paths) {
		if i < begin {
			continue
		}
		later = append(later, i)
		for _, t := range line[i].Touched {
			if paths[t.Path] && t.New.Mode != tree.Submodule {
				blobs[t.New.ID] = true
			}
		}
	}
	for _, v := range h.Now {
		blobs[v.ID] = v.Mode != tree.Submodule
	}
	if len(later) == 0 {
		return -1, nil
	}
	if err := src.ReadBlobs(ctx, blobs); err != nil {
		return -1, err
	}
	could, err := h.fits(ctx, src)
	if err != nil {
		return -1, err
	}
	for _, i := range later {
		h.Now.Update(line[i], paths)
		can, err := h.fits(ctx, src)
		if err != nil {
			return -1, err
		}
		asBefore := maps.Equal(h.Now, h.Was)
		if pathsOf(line[i]) == h.paths {
			if asBefore {
				return i, nil
			}
			if back, err := h.is(ctx, src, reversed(line[i].Touched)); back || err != nil {
				return i, err
			}
		}
		if asBefore || can && !could {
			moved, err := h.moved(ctx, src, line[i])
			if err != nil || !moved {
				return i, err
			}
		}
		could = can
	}
	return -1, nil
}

// reversed is what takes back what a commit did.
func reversed(touched []mainline.Touch) []mainline.Touch {
	out := slices.Clone(touched)
	for i, t := range out {
		out[i].Old, out[i].New = t.New, t.Old
	}
	return out
}

// fits says whether the change can be made, as it was first made, on the files that stand at its paths now.
func (h *search) fits(ctx context.Context, src *mainline.Objects) (bool, error) {
	for _, f := range h.Files {
		switch v := h.Now[f.OldName]; {
		case f.Rename || f.Copy || len(f.Hunks) == 0:
			return false, nil
		case f.New:
			if h.Now[f.NewName].Exists() {
				return false, nil
			}
		case !v.Exists() || v.Mode == tree.Submodule:
			return false, nil
		default:
			data, err := src.Blob(ctx, v.ID)
			if err != nil {
				return false, err
			}
			if _, _, err := f.Apply(data); err != nil {
				return false, nil
			}
		}
	}
	return true, nil
}

// moved says whether a commit adds again, anywhere, half of the lines that the change adds: then it moved them. Lines
// that the change takes away too, as where it indents them, tell nothing.
func (h *search) moved(ctx context.Context, src *mainline.Objects, c mainline.Commit) (bool, error) {
	did, err := diffTouched(c.Touched, func(id tree.ID) ([]byte, error) { return src.Blob(ctx, id) })
	if err != nil {
		return false, err
	}
	has := map[string]bool{}
	for l := range lines(did, '+') {
		has[string(bytes.TrimSpace(l))] = true
	}
	away := map[string]bool{}
	for l := range lines(h.Files, '-') {
		away[string(bytes.TrimSpace(l))] = true
	}
	found, all := 0, 0
	for l := range lines(h.Files, '+') {
		if l = bytes.TrimSpace(l); len(l) < 8 || away[string(l)] { // "end", "}": they are everywhere
			continue
		}
		if all++; has[string(l)] {
			found++
		}
	}
	return all > 0 && 2*found >= all, nil
}
