package patch

import (
	"context"
	"slices"
)

// Paths lists the paths that a change names, sorted. How it applies depends on nothing else of a tree but these, what
// their parent folders are, and what Outcome.Reads tells besides: files that a rename leads to.
func (c *Change) Paths(ctx context.Context, src Sources) ([]string, error) {
	if c.Refused != nil {
		return nil, nil
	}
	var out []string
	add := func(names ...string) {
		for _, name := range names {
			if name != "" {
				out = append(out, name)
			}
		}
	}
	switch c.Kind {
	case KindEdit:
		for _, e := range c.Edits {
			add(e.File)
		}
	case KindPatch:
		for _, f := range c.Patch.Files {
			add(f.OldName, f.NewName)
		}
	case KindPull:
		made, err := newRun(nil, Inputs{Sources: src}).sides(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, one := range made.list {
			add(one.from, one.to)
		}
	case KindOverlay:
		files, err := newRun(nil, Inputs{Sources: src}).overlaid(ctx, c)
		if err != nil {
			return nil, err
		}
		for name := range files {
			add(name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
