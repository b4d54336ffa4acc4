// Package rewrite says how a change has to be written anew: a change and two trees go in (what a person committed, or
// how the change applies today), and the patch, the edits or the files that lead from one tree to the other come out.
// It writes nothing: package author puts the result into the series.
package rewrite

import (
	"context"
	"slices"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
)

// Rewritten is what a change has to become to lead from one tree to another. What Kind says is set.
type Rewritten struct {
	Kind  series.Kind // the change's own, or KindPatch where that cannot say it
	Why   string      // it is of another kind now, or an overlay with files of its own; "" where neither is so
	Patch []byte
	Edits []series.Edit
	Files map[string]*tree.File // of an overlay that change, by their path in the tree; nil for those to remove
	Over  map[string]string     // the sha256 of each file that it replaces, where that is to be said anew; "" of none
}

// Between takes back what a person did to the tree of a change: it leads from before to after now. Nil when the change
// does that as it is.
func Between(ctx context.Context, r *apply.Run, c *series.Change, before, after *tree.Tree) (*Rewritten, error) {
	if same, err := r.Leads(ctx, c, before, after); same || err != nil {
		return nil, err
	}
	var out *Rewritten
	var err error
	why := ""
	switch c.Kind {
	case series.KindEdit:
		out, why, err = rewriteEdits(ctx, r, c, before, after)
	case series.KindOverlay:
		out, why, err = rewriteOverlay(ctx, r, c, before, after)
	case series.KindPull:
		why = "a pull request's commit is taken as it is"
	case series.KindLanded:
		return nil, fault.New(fault.Usage, "change %q only records that upstream has it; nothing can be added", c.Name).
			At(c.File, c.Line).WithHint("give what is new another name")
	}
	if out != nil || err != nil {
		return out, err
	}
	files, err := treediff.Diff(ctx, before, after)
	if err != nil {
		return nil, err
	}
	return &Rewritten{Kind: series.KindPatch, Why: why, Patch: slices.Concat(headOf(c), diff.Format(files))}, nil
}
