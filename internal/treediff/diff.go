package treediff

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
	s, err := Between(ctx, before, after)
	if err != nil {
		return nil, fmt.Errorf("comparing two trees: %w", err)
	}
	var out []*diff.File
	for _, one := range s {
		out = append(out, diffsOf(one)...)
	}
	slices.SortStableFunc(out, func(a, b *diff.File) int { return cmp.Compare(a.Name(), b.Name()) })
	return out, nil
}

// diffsOf returns the change of one file as a diff: one file, or two where the file's type changes.
func diffsOf(s FileChange) []*diff.File {
	if s.Pre != nil && s.Post != nil && (s.Pre.Mode == tree.Symlink) != (s.Post.Mode == tree.Symlink) {
		gone, made := s, s
		gone.To, gone.Post, made.From, made.Pre = "", nil, "", nil
		return append(diffsOf(gone), diffsOf(made)...)
	}
	f := &diff.File{OldID: string(tree.NoBlob), NewID: string(tree.NoBlob), New: s.From == "", Deleted: s.To == ""}
	var old, fresh []byte
	if s.Pre != nil {
		old, f.OldMode, f.OldID = s.Pre.Data, uint32(s.Pre.Mode), string(tree.BlobID(s.Pre.Data))
	}
	if s.Post != nil {
		fresh, f.NewMode, f.NewID = s.Post.Data, uint32(s.Post.Mode), string(tree.BlobID(s.Post.Data))
	}
	if text := diff.Texts(s.From, old, fresh); text != nil {
		f.Hunks, f.Binary = text.Hunks, text.Binary
	}
	f.OldName, f.NewName = s.From, s.To
	if s.From != "" && s.To != "" && s.From != s.To {
		f.Rename, f.Similarity = true, s.similar
	}
	return []*diff.File{f}
}
