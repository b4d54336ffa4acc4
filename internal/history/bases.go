package history

import (
	"context"
	"fmt"
	"maps"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// WithBases applies the question's series. A patch that fails for want of a base is judged again with the one that
// Bases finds for it, and so are those that stand on it; what was found is in the settings and the inputs afterwards.
func WithBases(ctx context.Context, u mainline.Upstream, q *Question, in *apply.Inputs) (*apply.Result, error) {
	for {
		result, err := apply.Apply(ctx, q.Series, *in)
		if err != nil {
			return nil, err
		}
		found, err := Bases(ctx, u, *q, result)
		if err != nil || len(found) == 0 {
			return result, err
		}
		maps.Copy(found, in.Bases)
		in.Bases, q.Settings.Bases = found, found
	}
}

// Bases finds, for the patches of a result at the pin that fail for want of a base, the newest commit of upstream at
// which they apply, by Change.Sum. Upstream's states are walked as for blames. Those for which the settings have a base
// are passed by; one that applies at no state is left out.
func Bases(ctx context.Context, u mainline.Upstream, q Question, result *apply.Result) (map[string]tree.ID, error) {
	var open []*apply.Outcome
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		if _, known := q.Settings.Bases[o.Change.Sum]; o.Baseless && !known && o.Clash == "" {
			open = append(open, o)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	b, err := newExplainer(ctx, u, q, open, result)
	if err != nil {
		return nil, err
	}
	out := map[string]tree.ID{}
	for _, one := range b.open {
		one.found = func(commit tree.ID) { out[one.outcome.Change.Sum] = commit }
	}
	if err := b.back(ctx, q.Pin); err != nil {
		return nil, fmt.Errorf("looking for the states that patches were made for: %w", err)
	}
	return out, nil
}
