package apply

import (
	"bytes"
	"context"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// alreadyDone reports whether the tree already has the result of a patch's file at the place where the patch puts it.
func (r *Run) alreadyDone(ctx context.Context, v view, f *diff.File, there *tree.File) (bool, error) {
	switch {
	case there == nil:
		return false, nil
	case f.NewMode != 0 && f.NewMode != f.OldMode && tree.Mode(f.NewMode) != there.Mode:
		return false, nil
	case !f.Rename && !f.Copy:
		return r.hasLines(f, there.Data), nil
	}
	old, _, err := original(ctx, v.tree, f.OldName)
	switch {
	case err != nil || f.Rename && old != nil: // upstream has another file there
		return false, err
	case f.Copy && len(f.Hunks) == 0:
		return old != nil && bytes.Equal(old.Data, there.Data), nil
	}
	return r.hasLines(f, there.Data), nil
}

// hasLines reports whether a text has all lines that the patch produces, at the places where the patch puts them.
func (r *Run) hasLines(f *diff.File, data []byte) bool {
	if f.New {
		made, _, err := f.Fit(nil)
		return err == nil && bytes.Equal(made, data)
	}
	if f.Deleted || f.Binary != nil || len(f.Hunks) > 0 && f.Hunks[0].NewLines > len(data) {
		return false
	}
	work := 0
	defer func() { r.cost.charge(work, costOfPlacing) }()
	back := r.reversed(f)
	first := *back // checking the first hunk is often enough, and a patch can have many
	first.Hunks = back.Hunks[:min(len(back.Hunks), 1)]
	if _, _, err := first.FitCounted(data, &work); err != nil {
		return false
	}
	_, placed, err := back.FitCounted(data, &work)
	return err == nil && !slices.ContainsFunc(placed, func(p diff.Placement) bool { return p.Ambiguous })
}

// reversed is a file of a patch backwards. Only a brief run keeps it: it looks at the same one in thousands of trees.
func (r *Run) reversed(f *diff.File) *diff.File {
	if !r.in.Brief {
		return f.Reverse()
	}
	back, _ := r.memo.reversed.get(context.Background(), f, func(context.Context) (*diff.File, error) {
		return f.Reverse(), nil
	})
	return back
}
