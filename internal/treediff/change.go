// Package treediff compares two trees as `git diff -M` does: two trees go in; what changed file by file, with renames
// paired, comes out, or the same as a diff.
package treediff

import (
	"context"

	"github.com/howdah/howdah/internal/tree"
)

// FileChange is what a change does to one file of its base: a path and content before, a path and content after. A file
// that is made has no path before, one that is removed none after.
type FileChange struct {
	From, To  string
	Pre, Post *tree.File
	similar   int // of a rename, in percent
}

// readAny reads a file, a link, or a submodule as a file without content.
func readAny(ctx context.Context, t *tree.Tree, name string) (*tree.File, error) {
	e, err := t.Lookup(ctx, name)
	if err != nil || e.Mode == tree.Submodule {
		return &tree.File{Mode: e.Mode}, err
	}
	data, err := t.Blob(ctx, e.ID)
	return &tree.File{Mode: e.Mode, Data: data}, err
}

// Between lists what leads from one tree to another, files that were renamed as one change.
func Between(ctx context.Context, base, head *tree.Tree) ([]FileChange, error) {
	deltas, err := tree.Compare(ctx, base, head)
	if err != nil {
		return nil, err
	}
	return Of(ctx, base, head, deltas)
}

// Of is Between of two trees that were compared already.
func Of(ctx context.Context, base, head *tree.Tree, deltas []tree.Delta) ([]FileChange, error) {
	var out []FileChange
	moved, err := findRenames(ctx, base, head, deltas)
	if err != nil {
		return out, err
	}
	taken := map[string]bool{}
	for _, m := range moved {
		taken[m.from], taken[m.to] = true, true
	}
	add := func(from, to string, similar int) error {
		one := FileChange{From: from, To: to, similar: similar}
		var err error
		if from != "" {
			if one.Pre, err = readAny(ctx, base, from); err != nil {
				return err
			}
		}
		if to != "" {
			one.Post, err = readAny(ctx, head, to)
		}
		out = append(out, one)
		return err
	}
	for _, d := range deltas {
		if taken[d.Path] {
			continue
		}
		from, to := d.Path, d.Path
		if d.Old.ID == "" {
			from = ""
		}
		if d.New.ID == "" {
			to = ""
		}
		if err := add(from, to, 0); err != nil {
			return out, err
		}
	}
	for _, m := range moved {
		if err := add(m.from, m.to, m.similar); err != nil {
			return out, err
		}
	}
	return out, nil
}
