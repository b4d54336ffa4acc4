package rewrite

import (
	"context"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// TakenBack is what a resolution takes back of upstream's work on one file, outside the lines in conflict.
type TakenBack struct {
	File  string
	Lines []diff.Reversal
}

// UpstreamsWork lists what a person's commit takes back of upstream's work on the files of a change that did not
// apply: before is the tree that the commit was made on, after the tree that it left. An overlay replaces files as a
// whole, which is what it is for; binary files have no lines.
func UpstreamsWork(ctx context.Context, r *apply.Run, o verdict.Outcome, before,
	after *tree.Tree) ([]TakenBack, error) {
	if !o.Verdict.Fails() || o.Change.Kind == series.KindOverlay {
		return nil, nil
	}
	sides, err := r.Sides(ctx, o.Change)
	if err != nil {
		return nil, err
	}
	var out []TakenBack
	for _, one := range sides {
		if one.Pre == nil || one.Post == nil {
			continue // the change adds or removes the file
		}
		at := one.From
		for _, m := range o.Moves {
			if m.From == at {
				at = m.To
			}
		}
		upstreams, err := fileAt(ctx, before, at)
		if err != nil {
			return nil, err
		}
		saved, err := fileAt(ctx, after, at)
		if err != nil {
			return nil, err
		}
		if saved == nil && one.To != one.From {
			at = one.To
			if saved, err = fileAt(ctx, after, at); err != nil {
				return nil, err
			}
		}
		if upstreams == nil || saved == nil || isBinary(one.Pre, one.Post, upstreams, saved) {
			continue
		}
		if lines := diff.TakesBack(one.Pre.Data, upstreams.Data, one.Post.Data, saved.Data); len(lines) > 0 {
			out = append(out, TakenBack{File: at, Lines: lines})
		}
	}
	return out, nil
}

func isBinary(files ...*tree.File) bool {
	for _, f := range files {
		if diff.IsBinary(f.Data) {
			return true
		}
	}
	return false
}
