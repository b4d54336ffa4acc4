package landed

import (
	"bytes"
	"context"
	"maps"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// held is what is known of a change while upstream contains it.
type held struct {
	began bool
	could bool             // the change can be made once more on the files that stand at its paths
	fit   map[int]fitsFile // for each of its files
	blind []int            // the later commits at which that was not found out: the budget did not allow it
	seen  mainline.Files   // what stood at its paths before the first of them
}

// fitsFile reports whether the change of one file can be made on a version of it.
type fitsFile struct {
	id  tree.ID
	can bool
}

// takesBack reports whether a commit takes a change back that has landed.
func (s *sweep) takesBack(ctx context.Context, h *search, i int) (bool, error) {
	if !h.held.began {
		h.held.began = true
		if err := s.bring(ctx, h, i-1); err != nil {
			return false, err
		}
		could, sure, err := s.fits(ctx, h, h.progress.Now)
		if err != nil {
			return false, err
		}
		h.held.could = could && sure
	}
	h.progress.Now.Update(s.commits.line[i], h.named)
	asBefore := maps.Equal(h.progress.Now, h.progress.Was)
	if s.alone(h, i) {
		if asBefore {
			return true, nil
		}
		if s.reads[i] {
			if back, _, err := h.is(ctx, &s.commits, i, true); back || err != nil {
				return back, err
			}
		}
	}
	can, sure, err := s.fits(ctx, h, h.progress.Now)
	if err != nil {
		return false, err
	}
	if !sure || len(h.held.blind) > 0 {
		if h.held.blind == nil {
			h.held.seen = maps.Clone(h.progress.Now)
			h.held.seen.Update(mainline.Commit{Touched: mainline.Reversed(s.commits.line[i].Touched)}, h.named)
		}
		h.held.blind, can = append(h.held.blind, i), h.held.could
	}
	if asBefore || can && !h.held.could {
		moved, err := s.moved(ctx, h, i)
		if err != nil || !moved {
			return err == nil, err
		}
	}
	h.held.could = can
	return false, nil
}

// settle asks of a change that holds, and of which the budget left states out, whether it can be made at the newest
// one. Where it can, it was taken back at one of those that were left out, which is found by halves.
func (s *sweep) settle(ctx context.Context, h *search) error {
	blind := h.held.blind
	if !h.progress.holds() || len(blind) == 0 {
		return nil
	}
	at := func(n int) (bool, error) {
		now := maps.Clone(h.held.seen)
		for _, i := range blind[:n+1] {
			now.Update(s.commits.line[i], h.named)
		}
		s.commits.budget.fitted = max(s.commits.budget.fitted, 1)
		can, _, err := s.fits(ctx, h, now)
		return can, err
	}
	low, high := -1, len(blind)-1
	can, err := at(high)
	if err != nil || !can || h.held.could {
		h.progress.unsettled = len(blind)
		return err
	}
	for high-low > 1 {
		middle := (low + high) / 2
		if can, err = at(middle); err != nil {
			return err
		}
		if can {
			high = middle
		} else {
			low = middle
		}
	}
	moved, err := s.moved(ctx, h, blind[high])
	if err == nil && !moved {
		h.progress.Found[len(h.progress.Found)-1].Undone = s.commits.line[blind[high]].By()
	}
	return err
}

// fits reports whether the change can be made, as it was first made, on some versions of its files. sure is false where
// the budget does not allow to find out.
func (s *sweep) fits(ctx context.Context, h *search, now mainline.Files) (can, sure bool, err error) {
	for n, f := range h.work.Files {
		switch v := now[f.OldName]; {
		case f.Rename || f.Copy || len(f.Hunks) == 0:
			return false, true, nil
		case f.New:
			if now[f.NewName].Exists() {
				return false, true, nil
			}
		case !v.Exists() || v.Mode == tree.Submodule:
			return false, true, nil
		default:
			known, tried := h.held.fit[n]
			if !tried || known.id != v.ID {
				if known, sure, err = s.commits.fit(ctx, f, v.ID); err != nil || !sure {
					return false, false, err
				}
				if h.held.fit == nil {
					h.held.fit = map[int]fitsFile{}
				}
				h.held.fit[n] = known
			}
			if !known.can {
				return false, true, nil
			}
		}
	}
	return true, true, nil
}

// fit reports whether the change of one file can be made on a content.
func (c *commits) fit(ctx context.Context, f *diff.File, id tree.ID) (out fitsFile, sure bool, err error) {
	if c.budget.fitted <= 0 {
		return out, false, nil
	}
	data, err := c.src.Blob(ctx, id)
	if err != nil {
		return out, false, err
	}
	if !c.fitted[id] {
		c.fitted[id] = true
		c.budget.fitted -= fitRead * len(data)
	}
	c.budget.fitted -= len(data)
	_, _, err = f.Fit(data)
	return fitsFile{id, err == nil}, true, nil
}

// moved reports whether a commit adds again, anywhere, half of the lines that the change adds: then it moved them.
// Lines that the change takes away too, as where it indents them, do not count. It is false where the budget does not
// allow to find out.
func (s *sweep) moved(ctx context.Context, h *search, i int) (bool, error) {
	did, ok, err := s.commits.did(ctx, i)
	if err != nil || !ok {
		return false, err
	}
	has := map[string]bool{}
	for l := range lines(did, '+') {
		has[string(bytes.TrimSpace(l))] = true
	}
	away := map[string]bool{}
	for l := range lines(h.work.Files, '-') {
		away[string(bytes.TrimSpace(l))] = true
	}
	found, all := 0, 0
	for l := range lines(h.work.Files, '+') {
		if l = bytes.TrimSpace(l); len(l) < 8 || away[string(l)] { // "end", "}": they are everywhere
			continue
		}
		if all++; has[string(l)] {
			found++
		}
	}
	return all > 0 && 2*found >= all, nil
}
