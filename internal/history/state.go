package history

import (
	"maps"
	"slices"

	"github.com/howdah/howdah/internal/mainline"
)

// state is a run of commits, by their indexes, over which none of the watched files changed.
type state struct {
	first, last int
	key         string // identifies the files' modes and contents
}

// statesOf splits a line at the indexes in at, where a watched file changes; begin has the files at its first commit.
func statesOf(m mainline.Line, paths map[string]bool, begin mainline.Files, at []int) []state {
	slices.Sort(at)
	sorted := slices.Sorted(maps.Keys(paths))
	out := []state{{key: begin.KeyAmong(sorted)}}
	for _, i := range slices.Compact(at) {
		if i <= 0 || i >= len(m) {
			continue
		}
		begin.Update(m[i], paths)
		out[len(out)-1].last = i - 1
		out = append(out, state{first: i, key: begin.KeyAmong(sorted)})
	}
	out[len(out)-1].last = len(m) - 1
	return out
}
