package verdict

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Lock returns the series.lock that accepts the result at commit. A change that did not apply there keeps its entry
// of old (which may be nil), so that its base is never lost; so does a patch that was merged three-way on its base. A
// base that history found is stored, too.
func (r *Result) Lock(ctx context.Context, commit tree.ID, old *series.Lock) (*series.Lock, error) {
	l := &series.Lock{Commit: commit}
	for _, o := range r.Outcomes {
		c := series.Locked{Name: o.Change.Name, Sum: o.Change.Sum}
		after, base := o.InSeason().After, o.Base
		if base == "" && c.Sum != "" && o.Change.Kind == series.KindPatch && o.Verdict == Merged && old.Has(o.Change) {
			base = old.CommitOf(o.Change)
		}
		if base == commit {
			base = ""
		}
		switch {
		case o.Change.Kind == series.KindLanded:
		case o.Verdict.Applies() || o.Verdict == Idle && o.Would.Applies():
			deltas, err := tree.Compare(ctx, o.Before, after)
			if err != nil {
				return nil, fmt.Errorf("locking change %q: %w", c.Name, err)
			}
			for _, d := range deltas {
				c.Paths = append(c.Paths, series.LockedPath{Path: d.Path, Pre: d.Old.ID, Post: d.New.ID})
			}
			if o.Verdict == Merged {
				c.Commit = base // it applies as it is there, and not here
			}
		case o.Base != "":
			c.Commit = base
		default:
			e := old.Entry(o.Change)
			if e == nil {
				continue
			}
			c = *e
			if c.Commit == "" {
				c.Commit = old.Commit
			}
			if c.Commit == commit {
				c.Commit = ""
			}
		}
		l.Changes = append(l.Changes, c)
	}
	return l, nil
}
