package fork

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/howdah/howdah/internal/renames"
	"github.com/howdah/howdah/internal/tree"
)

// Deltas converts the difference of two trees: a file that the fork renamed becomes one Delta with From. Keep filters
// the paths; nil keeps all.
func Deltas(ctx context.Context, list []tree.Delta, blobs blobSource, keep func(string) bool) ([]Delta, error) {
	var out []Delta
	var gone, made []renames.Blob
	var from, to []int // by index in gone and made: the index in out
	for _, d := range list {
		if keep != nil && !keep(d.Path) {
			continue
		}
		switch {
		case d.New.ID == "" && d.Old.Mode.IsRegular():
			gone, from = append(gone, blobOf(d.Path, d.Old)), append(from, len(out))
		case d.Old.ID == "" && d.New.Mode.IsRegular():
			made, to = append(made, blobOf(d.Path, d.New)), append(to, len(out))
		}
		out = append(out, Delta{Path: d.Path, Old: File{d.Old.Mode, d.Old.ID}, New: File{d.New.Mode, d.New.ID}})
	}
	if len(gone) == 0 || len(made) == 0 {
		return out, nil
	}
	var ids []tree.ID
	for _, b := range slices.Concat(gone, made) {
		ids = append(ids, tree.ID(b.ID))
	}
	content, err := blobs.Blobs(ctx, ids)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, side := range [][]renames.Blob{gone, made} {
		for i := range side {
			side[i].Size = int64(len(content[tree.ID(side[i].ID)]))
		}
	}
	moved, err := renames.Find(gone, made, func(b renames.Blob) ([]byte, error) { return content[tree.ID(b.ID)], nil })
	if err != nil {
		return nil, fmt.Errorf("finding the files that the fork moved: %w", err)
	}
	for _, m := range moved {
		old, fresh := &out[from[m.Old]], &out[to[m.New]]
		fresh.From, fresh.Old = old.Path, old.Old
		old.Path = ""
	}
	return slices.DeleteFunc(out, func(d Delta) bool { return d.Path == "" }), nil
}

func blobOf(name string, e tree.Entry) renames.Blob {
	return renames.Blob{Name: name, ID: string(e.ID), Mode: uint32(e.Mode)}
}
