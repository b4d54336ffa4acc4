package history

import (
	"context"
	"fmt"
	"maps"
	"math"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// WithBases applies the question's series. A patch that fails because its base is not known is judged again with the
// base that bases finds, and so are the changes that depend on it. The bases are stored in q.Settings and in.Bases.
func WithBases(ctx context.Context, u mainline.Upstream, q *Question, in *apply.Inputs) (*verdict.Result, error) {
	q.Settings = q.Settings.withLockSum()
	q.Settings.reader = q.reader(u)
	for {
		result, err := apply.Apply(ctx, q.Series, *in)
		if err != nil {
			return nil, err
		}
		found, never, err := bases(ctx, u, *q, result)
		if err != nil {
			return nil, err
		}
		maps.Copy(never, q.Settings.never)
		q.Settings.never = never
		if len(found) == 0 {
			return result, nil
		}
		known, parts := maps.Clone(in.Bases), maps.Clone(in.Parts)
		if known == nil {
			known = map[string]tree.ID{}
		}
		if parts == nil {
			parts = map[string]*series.Series{}
		}
		for sum, one := range found {
			known[sum], parts[sum] = one.commit, one.part
		}
		in.Bases, in.Parts, q.Settings.bases = known, parts, known
	}
}

// foundBase is the newest upstream commit at which a patch applies, and the changes that are needed for it.
type foundBase struct {
	commit tree.ID
	part   *series.Series
}

// bases finds, by Change.Sum, the newest upstream commit at which each patch applies that fails at the pin because
// its base is not known. It walks back over upstream's states, and skips patches whose base the settings have. For a
// patch that applies at no state, never has the oldest commit that was tried.
func bases(ctx context.Context, u mainline.Upstream, q Question, result *verdict.Result) (
	found map[string]foundBase, never map[string]mainline.Commit, err error,
) {
	found, never = map[string]foundBase{}, map[string]mainline.Commit{}
	var open []*verdict.Outcome
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		_, known := q.Settings.bases[o.Change.Sum]
		_, vain := q.Settings.never[o.Change.Sum]
		if o.Baseless && !known && !vain && o.Clash == "" {
			open = append(open, o)
		}
	}
	if len(open) == 0 {
		return found, never, nil
	}
	r := q.reader(u)
	q.Settings = q.inParts(r)
	q.Settings.hasty = true
	walks, err := newExplainers(ctx, r, q, open, result)
	if err != nil {
		return nil, nil, err
	}
	for _, b := range walks {
		for _, one := range b.open {
			one.found = func(commit tree.ID) {
				found[one.outcome.Change.Sum] = foundBase{commit, b.part}
			}
		}
	}
	if err := back(ctx, walks, math.MaxInt); err != nil {
		return nil, nil, fmt.Errorf("looking for the states that patches were made for: %w", err)
	}
	for _, b := range walks {
		for _, one := range b.open {
			never[one.outcome.Change.Sum] = b.oldest
		}
	}
	return found, never, nil
}
