package candidate

import (
	"bytes"

	"github.com/howdah/howdah/internal/diff"
)

// resembles returns the index of the version that a copy has most lines in common with, and fewest others, of several
// the first; -1 where no version has half of the copy's lines, or the copy is no text.
func resembles(copied []byte, versions [][]byte) int {
	if diff.IsBinary(copied) {
		return -1
	}
	best, least := -1, 0
	own, total := lineCounts(copied), 0
	for _, n := range own {
		total += n
	}
	for i, v := range versions {
		common, all := 0, 0
		for line, n := range lineCounts(v) {
			all += n
			common += min(n, own[line])
		}
		if other := all + total - 2*common; common > 0 && common*2 >= total && (best < 0 || other < least) {
			best, least = i, other
		}
	}
	return best
}

// lineCounts counts how often a text has each line, but for empty ones.
func lineCounts(text []byte) map[string]int {
	out := map[string]int{}
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out[string(line)]++
		}
	}
	return out
}
