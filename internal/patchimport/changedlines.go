package patchimport

import (
	"context"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// changedLines returns how many lines a change adds and removes.
func changedLines(ctx context.Context, o *verdict.Outcome) (n int, err error) {
	if o.Before == nil || o.After == nil {
		return 0, nil
	}
	deltas, err := tree.Compare(ctx, o.Before, o.After)
	if err != nil {
		return 0, err
	}
	read := func(t *tree.Tree, e tree.Entry) ([]byte, error) {
		if e.ID == "" || e.Mode == tree.Submodule {
			return nil, nil
		}
		return t.Blob(ctx, e.ID)
	}
	for _, d := range deltas {
		old, err := read(o.Before, d.Old)
		if err != nil {
			return 0, err
		}
		fresh, err := read(o.After, d.New)
		if err != nil {
			return 0, err
		}
		if diff.IsBinary(old) || diff.IsBinary(fresh) {
			continue
		}
		for _, h := range diff.Diff(old, fresh) {
			for _, l := range h.Lines {
				if l.Op != ' ' {
					n++
				}
			}
		}
	}
	return n, nil
}
