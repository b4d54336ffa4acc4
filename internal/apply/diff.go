package apply

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// Diff is what leads from one tree to another, as `git diff -M --full-index --binary` tells it.
func Diff(ctx context.Context, before, after *tree.Tree) ([]*diff.File, error) {
	s, err := changesBetween(ctx, before, after)
	if err != nil {
		return nil, fmt.Errorf("comparing two trees: %w", err)
	}
	var out []*diff.File
	for _, one := range s.list {
		out = append(out, one.diffs()...)
	}
	slices.SortStableFunc(out, func(a, b *diff.File) int { return cmp.Compare(a.Name(), b.Name()) })
	return out, nil
}

// diffs tells a side as a diff: one file, or two where the file's type changes.
func (s fileChange) diffs() []*diff.File {
	if s.pre != nil && s.post != nil && (s.pre.Mode == tree.Symlink) != (s.post.Mode == tree.Symlink) {
		gone, made := s, s
		gone.to, gone.post, made.from, made.pre = "", nil, "", nil
		return append(gone.diffs(), made.diffs()...)
	}
	f := &diff.File{OldID: string(noBlob), NewID: string(noBlob), New: s.from == "", Deleted: s.to == ""}
	var old, fresh []byte
	if s.pre != nil {
		old, f.OldMode, f.OldID = s.pre.Data, uint32(s.pre.Mode), string(tree.BlobID(s.pre.Data))
	}
	if s.post != nil {
		fresh, f.NewMode, f.NewID = s.post.Data, uint32(s.post.Mode), string(tree.BlobID(s.post.Data))
	}
	if text := diff.Texts(s.from, old, fresh); text != nil {
		f.Hunks, f.Binary = text.Hunks, text.Binary
	}
	f.OldName, f.NewName = s.from, s.to
	if s.from != "" && s.to != "" && s.from != s.to {
		f.Rename, f.Similarity = true, s.similar
	}
	return []*diff.File{f}
}
