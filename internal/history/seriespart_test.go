package history

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// TestParts compares parts of random series with their definition: for each change to be explained, the earlier ones
// on its files, and the earlier ones on theirs; parts that share a change are one.
func TestParts(t *testing.T) {
	by := rand.New(rand.NewSource(1))
	for round := range 500 {
		result := &verdict.Result{}
		var open []*verdict.Outcome
		n := 1 + by.Intn(12)
		for i := range n {
			o := verdict.Outcome{Change: &series.Change{Name: fmt.Sprint(i)}}
			for range by.Intn(3) {
				o.Reads = append(o.Reads, fmt.Sprint(by.Intn(2*n)))
			}
			result.Outcomes = append(result.Outcomes, o)
		}
		for i := range result.Outcomes {
			if by.Intn(3) == 0 {
				open = append(open, &result.Outcomes[i])
			}
		}
		found := parts(&series.Series{}, open, result)
		of := map[*series.Change]int{}
		for i, p := range found {
			for _, c := range p.series.Changes {
				if _, twice := of[c]; twice {
					t.Fatalf("round %d: change %s is in two parts", round, c.Name)
				}
				of[c] = i
			}
		}
		explained := 0
		for _, p := range found {
			explained += len(p.open)
			if want := needed(p.open, result); !slices.Equal(want, p.series.Changes) {
				t.Fatalf("round %d: a part has %d changes, want %d", round, len(p.series.Changes), len(want))
			}
			for _, o := range p.open { // every part with several changes needs them: each shares one with another
				others := slices.DeleteFunc(slices.Clone(p.open), func(x *verdict.Outcome) bool { return x == o })
				alone, rest := needed([]*verdict.Outcome{o}, result), needed(others, result)
				if len(others) > 0 && !slices.ContainsFunc(alone, func(c *series.Change) bool { return slices.Contains(rest, c) }) {
					t.Fatalf("round %d: change %s is in a part with which it shares nothing", round, o.Change.Name)
				}
			}
		}
		if explained != len(open) {
			t.Fatalf("round %d: %d of %d changes are in parts", round, explained, len(open))
		}
	}
}

// needed returns the changes to be explained, and those before them on the same files.
func needed(open []*verdict.Outcome, result *verdict.Result) (out []*series.Change) {
	paths := map[string]bool{}
	for _, o := range slices.Backward(result.Outcomes) {
		if slices.ContainsFunc(open, func(x *verdict.Outcome) bool { return x.Change == o.Change }) ||
			slices.ContainsFunc(o.Reads, func(p string) bool { return paths[p] }) {
			out = append(out, o.Change)
			for _, p := range o.Reads {
				paths[p] = true
			}
		}
	}
	slices.Reverse(out)
	return out
}
