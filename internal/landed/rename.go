package landed

import (
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/renames"
	"github.com/howdah/howdah/internal/tree"
)

// paired returns the same diff with each rename as one file; nil if there are none. A file that was renamed and
// edited is recognised only in this form, since upstream may have changed the rest of it before.
func paired(files []*diff.File, read func(tree.ID) ([]byte, error)) ([]*diff.File, error) {
	var old, fresh []renames.Blob
	blob := func(name string, mode uint32, id string) (renames.Blob, error) {
		data, err := read(tree.ID(id))
		return renames.Blob{Name: name, Mode: mode, ID: id, Size: int64(len(data))}, err
	}
	for _, f := range files {
		var b renames.Blob
		var err error
		switch {
		case f.Deleted && tree.Mode(f.OldMode).IsRegular():
			if b, err = blob(f.OldName, f.OldMode, f.OldID); err == nil {
				old = append(old, b)
			}
		case f.New && tree.Mode(f.NewMode).IsRegular():
			if b, err = blob(f.NewName, f.NewMode, f.NewID); err == nil {
				fresh = append(fresh, b)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("looking for renames: %w", err)
		}
	}
	if len(old) == 0 || len(fresh) == 0 {
		return nil, nil
	}
	pairs, err := renames.Find(old, fresh, func(b renames.Blob) ([]byte, error) { return read(tree.ID(b.ID)) })
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	var out []*diff.File
	for _, f := range files {
		switch {
		case f.Deleted && slices.ContainsFunc(pairs, func(r renames.Rename) bool { return old[r.Old].Name == f.OldName }):
			continue
		case f.New:
			i := slices.IndexFunc(pairs, func(r renames.Rename) bool { return fresh[r.New].Name == f.NewName })
			if i < 0 {
				break
			}
			if f, err = renamed(old[pairs[i].Old], fresh[pairs[i].New], read); err != nil {
				return nil, err
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func renamed(a, b renames.Blob, read func(tree.ID) ([]byte, error)) (*diff.File, error) {
	before, err := read(tree.ID(a.ID))
	if err != nil {
		return nil, err
	}
	after, err := read(tree.ID(b.ID))
	if err != nil {
		return nil, err
	}
	f := &diff.File{
		OldName: a.Name, NewName: b.Name, OldMode: a.Mode, NewMode: b.Mode, OldID: a.ID, NewID: b.ID, Rename: true,
	}
	if a.ID != b.ID && !diff.IsBinary(before) && !diff.IsBinary(after) {
		f.Hunks = diff.Diff(before, after)
	}
	return f, nil
}
