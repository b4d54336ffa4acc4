package landed

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// identity is equal for two diffs that do the same: it has their patch-id, and the contents of binary files.
func identity(files []*diff.File) string {
	var text []*diff.File
	rest := ""
	for _, f := range files {
		if a, b := content(f.OldID), content(f.NewID); len(f.Hunks) == 0 && a != b {
			rest += fmt.Sprintf(" %s>%s", a, b)
		}
		plain := *f
		plain.Binary, plain.Similarity = nil, 0 // the similarity of a renamed file depends on the rest of it
		text = append(text, &plain)
	}
	return diff.PatchID(text) + rest
}

// content returns the id of a file's content, "" for none: a diff may write an id of zeros, or no id at all.
func content(id string) string {
	if strings.Trim(id, "0") == "" || strings.HasPrefix(id, "e69de29") { // git's id of an empty file, perhaps abbreviated
		return ""
	}
	return id
}

// lines yields the lines that a diff adds ('+') or removes ('-').
func lines(files []*diff.File, op byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, f := range files {
			for _, h := range f.Hunks {
				for _, l := range h.Lines {
					if l.Op == op && !yield(l.Text) {
						return
					}
				}
			}
		}
	}
}

// names are the paths that a diff touches, sorted.
func names(files []*diff.File) []string {
	all := map[string]bool{}
	for _, f := range files {
		if !f.New {
			all[f.OldName] = true
		}
		if !f.Deleted {
			all[f.NewName] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// diffTouched returns what a commit did to the files that it touched, without rename detection.
func diffTouched(touched []mainline.Touch, read func(tree.ID) ([]byte, error)) ([]*diff.File, error) {
	var out []*diff.File
	for _, t := range touched {
		f := &diff.File{
			OldMode: uint32(t.Old.Mode), NewMode: uint32(t.New.Mode),
			OldID: string(t.Old.ID), NewID: string(t.New.ID),
		}
		if f.New = !t.Old.Exists(); !f.New {
			f.OldName = t.Path
		}
		if f.Deleted = !t.New.Exists(); !f.Deleted {
			f.NewName = t.Path
		}
		var sides [2][]byte
		for i, v := range [2]mainline.Version{t.Old, t.New} {
			switch {
			case !v.Exists():
			case v.Mode == tree.Submodule:
				sides[i] = submoduleText(v.ID)
			default:
				var err error
				if sides[i], err = read(v.ID); err != nil {
					return nil, fmt.Errorf("reading %q: %w", t.Path, err)
				}
			}
		}
		if !diff.IsBinary(sides[0]) && !diff.IsBinary(sides[1]) {
			f.Hunks = diff.Diff(sides[0], sides[1])
		}
		out = append(out, f)
	}
	return out, nil
}
