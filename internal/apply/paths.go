package apply

import (
	"context"
	"errors"
	"slices"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Paths returns the paths that a change names, sorted. The result of the change depends on nothing else of a tree but
// these, the types of their parent folders, and Outcome.Reads (files that a rename leads to).
func Paths(ctx context.Context, c *series.Change, src Sources) ([]string, error) {
	return NewRun(&series.Series{Changes: []*series.Change{c}}, Inputs{Sources: src}).paths(ctx, c)
}

func (r *Run) paths(ctx context.Context, c *series.Change) ([]string, error) {
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
	case series.KindEdit:
		for _, e := range c.Edits {
			add(e.File)
		}
	case series.KindPatch:
		for _, f := range c.Patch.Files {
			add(f.OldName, f.NewName)
		}
	case series.KindPull:
		made, err := r.sides(ctx, c)
		if no := (refusal{}); errors.As(err, &no) {
			return nil, nil // Apply reports the error
		}
		if err != nil {
			return nil, err
		}
		for _, one := range made.list {
			add(one.From, one.To)
		}
	case series.KindOverlay:
		files, _, err := r.overlaid(ctx, c)
		if no := (refusal{}); errors.As(err, &no) {
			return nil, nil // Apply reports the error
		}
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

// readAhead reads the files that the changes name, all at once.
func (r *Run) readAhead(ctx context.Context) error {
	var ids []tree.ID
	for _, c := range r.s.Changes {
		names, err := r.paths(ctx, c)
		if err != nil {
			return err
		}
		for _, name := range names {
			e, refused, err := entry(ctx, r.in.Base, name)
			if err != nil {
				return err
			}
			if refused == nil && e.ID != "" {
				ids = append(ids, e.ID)
			}
		}
	}
	return r.in.Base.ReadAhead(ctx, ids)
}
