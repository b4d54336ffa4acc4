package patch

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// Retaken is what a change has to become to lead from one tree to another. What Kind says is set.
type Retaken struct {
	Kind  Kind // the change's own
	Patch []byte
	Edits []Edit
	Files map[string]*tree.File // of an overlay that change, by their path in the tree; nil for those to remove
}

// Retake takes back what a person did to the tree of a change: it leads from before to after now. Nil when the change
// does that as it is.
func (s *Series) Retake(ctx context.Context, in Inputs, c *Change, before, after *tree.Tree) (*Retaken, error) {
	r := newRun(s, in)
	j, err := r.judge(ctx, c, before)
	if err != nil {
		return nil, err
	}
	now := before
	if j.verdict.Applies() {
		if now, err = before.With(ctx, j.files); err != nil {
			return nil, fmt.Errorf("applying %q: %w", c.Name, err)
		}
	}
	if now.Root() == after.Root() {
		return nil, nil
	}
	out := &Retaken{Kind: c.Kind}
	switch c.Kind {
	case KindPatch:
		files, err := Diff(ctx, before, after)
		if err != nil {
			return nil, err
		}
		out.Patch = slices.Concat(c.Patch.Data[:headLength(c.Patch.Data)], diff.Format(files))
	case KindEdit:
		out.Edits, err = r.retakeEdits(ctx, c, j, before, after)
	case KindOverlay:
		out.Files, err = r.retakeOverlay(ctx, c, before, after)
	default:
		err = fault.New(fault.Usage, "%q is a pull request's, and cannot be altered here", c.Name).At(c.File, c.Line).
			WithHint("put what you changed into a commit of its own: it becomes a change after it")
	}
	return out, err
}

// retakeEdits keeps the edits that still do what is wanted and adds some for the rest.
func (r *run) retakeEdits(ctx context.Context, c *Change, j *judgement, before, after *tree.Tree) ([]Edit, error) {
	deltas, err := tree.Compare(ctx, before, after)
	if err != nil {
		return nil, err
	}
	edits := []Edit{}
	for _, d := range deltas {
		if d.Old.ID == "" || d.New.ID == "" || d.Old.Mode != d.New.Mode {
			return nil, fault.New(fault.Usage, "%q made of edits cannot add, remove or rename %q", c.Name, d.Path).At(c.File, c.Line).
				WithHint("put that into a commit of its own: it becomes a change after it")
		}
		old, err := before.Blob(ctx, d.Old.ID)
		if err != nil {
			return nil, err
		}
		fresh, err := after.Blob(ctx, d.New.ID)
		if err != nil {
			return nil, err
		}
		kept, state := []Edit{}, old
		if made := j.files[d.Path]; made != nil {
			state = made.Data
			for _, e := range c.Edits {
				if e.File == d.Path {
					kept = append(kept, e)
				}
			}
		}
		more, _ := literally(d.Path, state, fresh)
		if more == nil && !bytes.Equal(state, fresh) {
			if kept, more = nil, nil; state != nil {
				more, _ = literally(d.Path, old, fresh)
			}
			if more == nil {
				return nil, fault.New(fault.Usage, "what was done to %q cannot be told by edits", d.Path).At(c.File, c.Line).
					WithHint("put it into a commit of its own: it becomes a change after it")
			}
		}
		edits = append(append(edits, kept...), more...)
	}
	return edits, nil
}

func (r *run) retakeOverlay(ctx context.Context, c *Change, before, after *tree.Tree) (map[string]*tree.File, error) {
	if c.Overlay.Local == nil {
		return nil, fault.New(fault.Usage, "%q is from another repository, and cannot be altered here", c.Name).At(c.File, c.Line)
	}
	out := map[string]*tree.File{}
	deltas, err := tree.Compare(ctx, before, after)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, d := range deltas {
		seen[d.Path] = true
		if d.New.ID == "" {
			return nil, fault.New(fault.Usage, "an overlay cannot remove %q", d.Path).At(c.File, c.Line)
		}
		data, err := after.Blob(ctx, d.New.ID)
		if err != nil {
			return nil, err
		}
		if f, ok := c.Overlay.Local[d.Path]; !ok || f.Mode != d.New.Mode || !bytes.Equal(f.Data, data) {
			out[d.Path] = &tree.File{Mode: d.New.Mode, Data: data}
		}
	}
	for name := range c.Overlay.Local {
		if !seen[name] {
			out[name] = nil
		}
	}
	return out, nil
}

// NewPatch makes a change of what leads from one tree to another. Its file's name is NAME.patch.
func NewPatch(ctx context.Context, name, why string, before, after *tree.Tree) (*Change, error) {
	files, err := Diff(ctx, before, after)
	if err != nil {
		return nil, err
	}
	f := &File{Name: name + ".patch", Data: diff.Format(files), Strip: 1}
	if refused := f.parse(nil); refused != nil {
		return nil, refused
	}
	c := &Change{Name: name, Why: why, Kind: KindPatch, Patch: f, Required: true}
	c.Sum = c.sum()
	return c, nil
}
