package landed

import (
	"bytes"

	"github.com/howdah/howdah/internal/diff"
)

// lineSum adds up a hash of each line of a text, white space left out, as patch-ids know lines. What a diff adds is the
// sum of its lines, what it removes counts the other way: two diffs of one identity have equal sums, which are found
// without comparing lines, and once for all searches.
func lineSum(text []byte) (sum uint64) {
	for line := range bytes.Lines(text) {
		sum += lineHash(line)
	}
	return sum
}

// lineHash is FNV-1a, mixed once more so that sums of similar lines differ; a line of white space has one too.
func lineHash(line []byte) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for _, c := range line {
		switch c {
		case ' ', '\t', '\n', '\r':
		default:
			h = (h ^ uint64(c)) * prime
		}
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// growth is by how much a diff makes its files grow.
type growth struct {
	sum   uint64 // of lines
	bytes int64
}

// back is that of the reverse.
func (g growth) back() growth { return growth{-g.sum, -g.bytes} }

// growthOf is that of a diff's lines.
func growthOf(files []*diff.File) (g growth) {
	for text := range lines(files, '+') {
		g.sum, g.bytes = g.sum+lineHash(text), g.bytes+int64(len(text))
	}
	for text := range lines(files, '-') {
		g.sum, g.bytes = g.sum-lineHash(text), g.bytes-int64(len(text))
	}
	return g
}

// grown is by how much the sum of a file's lines grows between two versions. Lines that both begin or end with are
// passed over.
func grown(before, after []byte) uint64 {
	n := 0
	for n < len(before) && n < len(after) && before[n] == after[n] {
		n++
	}
	n = bytes.LastIndexByte(before[:n], '\n') + 1
	before, after = before[n:], after[n:]
	n = 0
	for n < len(before) && n < len(after) && before[len(before)-1-n] == after[len(after)-1-n] {
		n++
	}
	if at := bytes.IndexByte(before[len(before)-n:], '\n'); at >= 0 {
		n -= at + 1 // the rest begins with a whole line, in both
		before, after = before[:len(before)-n], after[:len(after)-n]
	}
	return lineSum(after) - lineSum(before)
}
