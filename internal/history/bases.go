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
// base that bases finds, and so are the changes that depend on it. What bases found is kept for the next run with the
// same question.
func WithBases(ctx context.Context, u mainline.Upstream, q Question, in apply.Inputs) (Based, error) {
	q.Settings = q.Settings.withLockSum()
	q.Settings.reader = q.reader(u)
	given := [2]apply.Sources{q.Settings.Sources, in.Sources}
	kept := newKeptBases(u, q, in)
	if kept.file != "" {
		q.Settings.Sources, in.Sources = kept.recording(q.Settings.Sources), kept.recording(in.Sources)
	}
	if err := kept.load(ctx, &q); err != nil {
		return Based{}, err
	}
	in.Bases = q.Settings.bases
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
			kept.save(ctx, q)
			q.Settings.Sources, in.Sources = given[0], given[1]
			return Based{result, q, in}, nil
		}
		if err := q.Settings.reader.bringBases(ctx, q.Settings, result, found); err != nil {
			return Based{}, err
		}
		q.Settings = q.Settings.withBases(found)
		in.Bases = q.Settings.bases
	}
}

// withBases returns the settings with further bases.
func (s Settings) withBases(found map[string]apply.FoundBase) Settings {
	bases := map[string]apply.FoundBase{}
	maps.Copy(bases, s.bases)
	digests := map[*series.Series]string{}
	for sum, one := range found {
		digest, known := digests[one.Part]
		if !known {
			digest = digestOf(one.Part)
			digests[one.Part] = digest
		}
		one.Sum = string(one.Commit) + " " + digest
		bases[sum] = one
	}
	s.bases = bases
	return s
}

// digestOf identifies the changes of a part of a series.
func digestOf(part *series.Series) string {
	sum := sha256.New()
	for _, c := range part.Changes {
		fmt.Fprintf(sum, "%s\x00%s\x00", c.Name, c.Sum)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// bases finds, by Change.Sum, the newest upstream commit at which each patch applies that fails at the pin because
// its base is not known. It walks back over upstream's states, and skips patches whose base the settings have. For a
// patch that applies at no state, never has the oldest commit that was tried.
//
// A patch may be made on top of one before it, so it is looked for with those. If it applies nowhere then, it is
// looked for without those that fail at the pin: they are not in the tree there.
func bases(ctx context.Context, u mainline.Upstream, q Question, result *verdict.Result) (
	found map[string]apply.FoundBase, never map[string]mainline.Commit, err error,
) {
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
		return nil, map[string]mainline.Commit{}, nil
	}
	r := q.reader(u)
	q.Settings = q.inParts(r)
	q.Settings.hasty = true
	walks, err := newExplainers(ctx, r, q, open, result)
	if err != nil {
		return nil, nil, err
	}
	found, never, err = findBases(ctx, walks)
	if err != nil {
		return nil, nil, err
	}
	walks = nil
	first := firstFailing(result)
	for _, o := range open {
		if _, ok := found[o.Change.Sum]; ok {
			continue
		}
		if without := withoutFailing(result, o, first); without != nil {
			alone, err := newExplainers(ctx, r, q, []*verdict.Outcome{o}, without)
			if err != nil {
				return nil, nil, err
			}
			walks = append(walks, alone...)
		}
	}
	r.looked = 0
	more, neither, err := findBases(ctx, walks)
	maps.Copy(found, more)
	maps.Copy(never, neither)
	maps.DeleteFunc(never, func(sum string, _ mainline.Commit) bool { _, ok := found[sum]; return ok })
	return found, never, err
}

// findBases walks back, and returns at which commit each of the walks' changes applies, or which was the oldest that
// was tried.
func findBases(ctx context.Context, walks []*explainer) (
	found map[string]apply.FoundBase, never map[string]mainline.Commit, err error,
) {
	found, never = map[string]apply.FoundBase{}, map[string]mainline.Commit{}
	for _, b := range walks {
		for _, one := range b.open {
			one.found = func(commit tree.ID) {
				found[one.outcome.Change.Sum] = apply.FoundBase{Commit: commit, Part: b.part}
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

// firstFailing returns, by file, the index of the first change that fails and has it.
func firstFailing(result *verdict.Result) map[string]int {
	first := map[string]int{}
	for i, o := range slices.Backward(result.Outcomes) {
		if o.Verdict.Fails() {
			for _, name := range slices.Concat(o.Reads, o.Files) {
				first[name] = i
			}
		}
	}
	return first
}

// withoutFailing returns the result without the other changes that fail, or nil if none of them is before the change
// and has a file in common with it.
func withoutFailing(result *verdict.Result, one *verdict.Outcome, first map[string]int) *verdict.Result {
	at := 0
	for result.Outcomes[at].Change != one.Change {
		at++
	}
	if !slices.ContainsFunc(slices.Concat(one.Reads, one.Files), func(name string) bool {
		i, fails := first[name]
		return fails && i < at
	}) {
		return nil
	}
	out := &verdict.Result{}
	for i := range result.Outcomes {
		if o := &result.Outcomes[i]; i == at || !o.Verdict.Fails() {
			out.Outcomes = append(out.Outcomes, *o)
		}
	}
	return out
}
