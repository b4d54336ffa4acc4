package landed

import (
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// chance is how likely a commit is the change, or its reverse, by what is known without reading a file.
type chance int

const (
	impossible chance = iota // its files without lines are others
	unlikely                 // only if white space differs
	likely                   // its files grow by as many bytes
	certain                  // its files have the contents that the change names
)

// expect notes what a commit that is the change does to its files.
func (h *search) expect() {
	h.textless, h.grew = map[string]*diff.File{}, map[string]int64{}
	renames := false
	for _, f := range h.work.Files {
		name := f.OldName
		if f.New {
			name = f.NewName
		}
		renames = renames || f.Rename || f.Copy
		switch {
		case len(f.Hunks) > 0 || content(f.OldID) == content(f.NewID):
			h.grew[name] = growthOf([]*diff.File{f}).bytes
		case f.Rename || f.Copy:
			h.unsized = true
		default:
			h.textless[name] = f
		}
	}
	if renames {
		h.grew = nil
	}
}

// chanceOf is that of a commit that touches the change's paths and no others.
func (h *search) chanceOf(touched []mainline.Touch, sizes map[tree.ID]int64) chance {
	if h.unsized {
		return likely
	}
	forth, back := likely, likely
	var all int64
	for _, t := range touched {
		if f := h.textless[t.Path]; f != nil {
			if !leadsTo(f, t.Old, t.New) {
				forth = impossible
			}
			if !leadsTo(f, t.New, t.Old) {
				back = impossible
			}
			continue
		}
		grows := sizeOf(t.New, sizes) - sizeOf(t.Old, sizes)
		all += grows
		if h.grew != nil && grows != h.grew[t.Path] {
			forth = min(forth, unlikely)
		}
		if h.grew != nil && grows != -h.grew[t.Path] {
			back = min(back, unlikely)
		}
	}
	if all != h.grows.bytes {
		forth = min(forth, unlikely)
	}
	if all != -h.grows.bytes {
		back = min(back, unlikely)
	}
	if forth == likely && h.nameContents(touched) {
		return certain
	}
	return max(forth, back)
}

// leadsTo reports whether a diff without lines turns one version into another.
func leadsTo(f *diff.File, old, fresh mainline.Version) bool {
	return content(string(old.ID)) == content(f.OldID) && content(string(fresh.ID)) == content(f.NewID)
}

// leastDigits is how many digits of a content's id name it.
const leastDigits = 7

// nameContents reports whether the change's index lines name the contents that a commit found and left.
func (h *search) nameContents(touched []mainline.Touch) bool {
	at := map[string]mainline.Touch{}
	for _, t := range touched {
		at[t.Path] = t
	}
	any := false
	for _, f := range h.work.Files {
		if f.New || f.Deleted || len(f.OldID) < leastDigits || len(f.NewID) < leastDigits {
			continue
		}
		if !strings.HasPrefix(string(at[f.OldName].Old.ID), f.OldID) ||
			!strings.HasPrefix(string(at[f.NewName].New.ID), f.NewID) {
			return false
		}
		any = true
	}
	return any
}
