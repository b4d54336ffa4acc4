package history

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Based is a series as it was applied with the bases that were found for its patches.
type Based struct {
	Result   *verdict.Result
	Question Question     // its settings have the bases
	Inputs   apply.Inputs // these too
}

// WithBases applies the question's series. A patch that fails because its base is not known is judged again with the
// base that bases finds, and so are the changes that depend on it.
func WithBases(ctx context.Context, u mainline.Upstream, q Question, in apply.Inputs) (Based, error) {
	q.Settings = q.Settings.withLockSum()
	q.Settings.reader = q.reader(u)
	for {
		result, err := apply.Apply(ctx, q.Series, in)
		if err != nil {
			return Based{}, err
		}
		found, never, err := bases(ctx, u, q, result)
		if err != nil {
			return Based{}, err
		}
		maps.Copy(never, q.Settings.never)
		q.Settings.never = never
		if len(found) == 0 {
			return Based{result, q, in}, nil
		}
		if err := q.Settings.reader.bringBases(ctx, q.Settings, result, found); err != nil {
			return Based{}, err
		}
		q.Settings = q.Settings.withBases(found)
		in.Bases, in.Parts = q.Settings.bases, q.Settings.parts
	}
}

// withBases returns the settings with further bases.
func (s Settings) withBases(found map[string]foundBase) Settings {
	bases, parts, based := maps.Clone(s.bases), maps.Clone(s.parts), maps.Clone(s.based)
	if bases == nil {
		bases, parts, based = map[string]tree.ID{}, map[string]*series.Series{}, map[string]string{}
	}
	digests := map[*series.Series]string{}
	for sum, one := range found {
		digest, known := digests[one.part]
		if !known {
			digest = one.digest()
			digests[one.part] = digest
		}
		bases[sum], parts[sum], based[sum] = one.commit, one.part, string(one.commit)+" "+digest
	}
	s.bases, s.parts, s.based = bases, parts, based
	return s
}

// digest identifies the changes that are needed for a patch.
func (f foundBase) digest() string {
	sum := sha256.New()
	for _, c := range f.part.Changes {
		fmt.Fprintf(sum, "%s\x00%s\x00", c.Name, c.Sum)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// foundBase is the newest upstream commit at which a patch applies, and the changes that are needed for it.
type foundBase struct {
	commit tree.ID
	part   *series.Series
}

// bases finds, by Change.Sum, the newest upstream commit at which each patch applies that fails at the pin because
// its base is not known. It walks back over upstream's states, and skips patches whose base the settings have. For a
// patch that applies at no state, never has the oldest commit that was tried.
//
// A patch may be made on top of one before it, so it is looked for with those. If it applies nowhere then, it is
// looked for without those that fail at the pin: they are not in the tree there.
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
	if err := findBases(ctx, walks, found, never); err != nil {
		return nil, nil, err
	}
	walks = nil
	for _, o := range open {
		if _, ok := found[o.Change.Sum]; ok {
			continue
		}
		if without := withoutFailing(result, o); without != nil {
			alone, err := newExplainers(ctx, r, q, []*verdict.Outcome{o}, without)
			if err != nil {
				return nil, nil, err
			}
			walks = append(walks, alone...)
		}
	}
	r.looked = 0
	err = findBases(ctx, walks, found, never)
	maps.DeleteFunc(never, func(sum string, _ mainline.Commit) bool { _, ok := found[sum]; return ok })
	return found, never, err
}

// findBases walks back, and adds to found and never what became of the walks' changes.
func findBases(
	ctx context.Context, walks []*explainer, found map[string]foundBase, never map[string]mainline.Commit,
) error {
	for _, b := range walks {
		for _, one := range b.open {
			one.found = func(commit tree.ID) {
				found[one.outcome.Change.Sum] = foundBase{commit, b.part}
			}
		}
	}
	if err := back(ctx, walks, math.MaxInt); err != nil {
		return fmt.Errorf("looking for the states that patches were made for: %w", err)
	}
	for _, b := range walks {
		for _, one := range b.open {
			never[one.outcome.Change.Sum] = b.oldest
		}
	}
	return nil
}

// withoutFailing returns the result without the other changes that fail, or nil if none of them is before the change
// and has a file in common with it.
func withoutFailing(result *verdict.Result, one *verdict.Outcome) *verdict.Result {
	shares := func(name string) bool { return slices.Contains(one.Reads, name) || slices.Contains(one.Files, name) }
	out, before, changes := &verdict.Result{}, true, false
	for _, o := range result.Outcomes {
		if o.Change == one.Change {
			before = false
		} else if o.Verdict.Fails() {
			changes = changes || before && (slices.ContainsFunc(o.Reads, shares) || slices.ContainsFunc(o.Files, shares))
			continue
		}
		out.Outcomes = append(out.Outcomes, o)
	}
	if !changes {
		return nil
	}
	return out
}
