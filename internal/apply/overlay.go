package apply

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// overlay writes whole files. A file that it replaces must be the one that the overlay was made for.
func (r *Run) overlay(ctx context.Context, c *series.Change, t *tree.Tree, j *judgement) error {
	files, cost, err := r.overlaid(ctx, c)
	if err != nil {
		return err
	}
	if r.cost.charge(cost, 1); r.cost.over() {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.Overlay.Over)) {
		if _, ok := files[name]; !ok {
			j.refuse(safety.Malformed("%q names %q, which the overlay does not replace", "over", name).
				WithHint("put that file into the overlay's folder, or remove it from %q", "over"), c)
		}
	}
	v := view{t, j}
	var over []string // the entries of over that name another file than upstream's
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		old, refused, err := v.lookup(ctx, name)
		if err != nil {
			return err
		}
		if refused != nil {
			j.refuse(refused, c)
			continue
		}
		j.parts++
		if old != nil && old.Mode == f.Mode && bytes.Equal(old.Data, f.Data) {
			j.idle = append(j.idle, verdict.Place{File: name})
			continue
		}
		refused, entry := r.original(c, name, old, j)
		if refused != nil {
			j.refuse(refused, c)
			continue
		}
		if entry != "" {
			over = append(over, entry)
		}
		j.files[name] = &f
	}
	switch {
	case len(over) == 0:
	case c.Overlay.Local != nil: // the report's next command writes over
		j.hint = fault.Lines(j.hint, fault.Hintf("see whether your file is still right beside upstream's, and edit it "+
			"if not; the next command accepts upstream's"))
	default:
		j.hint = fault.Lines(j.hint, fault.Hintf("see whether the replacement is still right, then write %s into over",
			strings.Join(over, ", ")))
	}
	return nil
}

// original compares the file that an overlay replaces with the one that it was made for: by the checksum in the
// series, or else by the blob in the lock. If neither is known, it refuses. If the checksum is of another file, it
// returns the entry of over that accepts upstream's.
func (r *Run) original(c *series.Change, name string, old *tree.File, j *judgement) (
	refused *fault.Error, entry string,
) {
	want, named := c.Overlay.Over[name]
	was, locked := r.in.Lock.PathOf(c, name)
	switch {
	case old == nil && (named || locked && was.Pre != "" && r.in.Lock.Has(c)): // not once a person has changed over
		j.worsen(verdict.Stale, fmt.Sprintf("%s does not exist upstream, so there is nothing to replace", name))
		j.hint = fault.Hintf("if upstream moved it, move your file likewise; if upstream removed it, keep yours as a new "+
			"file, or remove the change: %s", fault.Command{Target: "patch:remove", Args: []string{c.Name}})
	case old == nil:
		return nil, ""
	case named && series.SHA256(old.Data) == want, !named && locked && was.Pre == tree.BlobID(old.Data):
		return nil, ""
	case !named && locked && was.Pre == "":
		j.worsen(verdict.Stale, fmt.Sprintf("upstream has %s now, too, which was the overlay's alone", name))
		entry = fmt.Sprintf("%q = %q", name, series.SHA256(old.Data))
	case named, locked:
		j.worsen(verdict.Stale, fmt.Sprintf("%s differs from the file that the overlay replaces", name))
		entry = fmt.Sprintf("%q = %q", name, series.SHA256(old.Data))
	default:
		return safety.Malformed("the overlay replaces %q without stating its sha256", name).
			WithHint("if you mean to replace it: over = { %q = %q }", name, series.SHA256(old.Data)), ""
	}
	j.at = append(j.at, verdict.Place{File: name})
	return nil, entry
}
