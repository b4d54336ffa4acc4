package historypage

import (
	"strconv"

	"github.com/howdah/howdah/internal/verdict"
)

// look is how a verdict is drawn. What a release goes on with is pale, what it does not is heavy: dark on light paper,
// bright on dark. So the two differ on paper and for every eye; letter and pattern tell those of one side apart.
type look struct {
	verdict string
	letter  string
	says    string
	light   ink
	dark    ink
	pattern string // SVG inside an 8 × 8 tile, drawn in the ink's line colour
}

// ink is a verdict's colours in one scheme: the cell, the pattern on it, and the letters.
type ink struct{ cell, line, text string }

// looks are the verdicts in the order of the legend.
var looks = []look{
	{verdict: "clean", says: "applies where it was written",
		light: ink{"#d9ece1", "#d9ece1", "#2b6a4d"}, dark: ink{"#1d3a2f", "#1d3a2f", "#8fd4b4"}},
	{verdict: "offset", letter: "o", says: "applies, some lines away",
		light: ink{"#d9ece1", "#7fb79a", "#2b6a4d"}, dark: ink{"#1d3a2f", "#4c8a6e", "#8fd4b4"},
		pattern: `<circle cx="2" cy="2" r="1"/><circle cx="6" cy="6" r="1"/>`},
	{verdict: "merged", letter: "m", says: "a three-way merge was needed, no conflict",
		light: ink{"#d3e5f4", "#8db7db", "#265a86"}, dark: ink{"#1a3348", "#3f7096", "#9cc9ee"},
		pattern: `<path d="M-2 2 2-2M-2 10 10-2M6 10 10 6" fill="none"/>`},
	{verdict: "landed", letter: "L", says: "upstream contains it: drop it",
		light: ink{"#e6def5", "#b9a5de", "#553b8c"}, dark: ink{"#2f2745", "#6a579b", "#c9b8f0"},
		pattern: `<path d="M0 2H8M0 6H8" fill="none"/>`},
	{verdict: "partly", letter: "p", says: "some hunks have landed, the rest applies",
		light: ink{"#f3e3ef", "#cf9fc1", "#843a70"}, dark: ink{"#3d2637", "#8a5479", "#eab5d8"},
		pattern: `<path d="M2 0V8M6 0V8" fill="none"/>`},
	{verdict: "idle", letter: "–", says: "outside its dates or versions",
		light: ink{"#f1f0ed", "#d6d3cc", "#6b6860"}, dark: ink{"#24262b", "#3c4048", "#a3a6ad"},
		pattern: `<path d="M1 4H4" fill="none"/>`},
	{verdict: "conflict", letter: "C", says: "does not apply",
		light: ink{"#bf3326", "#95231a", "#ffffff"}, dark: ink{"#e8675a", "#c04437", "#1a0d0b"},
		pattern: `<path d="M-2 2 2-2M-2 10 10-2M6 10 10 6M-2 6 2 10M-2-2 10 10M6-2 10 2" fill="none"/>`},
	{verdict: "gone", letter: "G", says: "its file was moved or deleted",
		light: ink{"#35312f", "#35312f", "#ffffff"}, dark: ink{"#e4dfd9", "#e4dfd9", "#1b1917"}},
	{verdict: "count", letter: "N", says: "an edit found another number of matches",
		light: ink{"#b85c00", "#8f4700", "#ffffff"}, dark: ink{"#f0a050", "#c77a2b", "#1c1003"},
		pattern: `<circle cx="2" cy="2" r="1.3"/><circle cx="6" cy="6" r="1.3"/>`},
	{verdict: "stale", letter: "S", says: "an overlay's original changed",
		light: ink{"#8a6d00", "#6a5300", "#ffffff"}, dark: ink{"#e0c04a", "#b3962a", "#191400"},
		pattern: `<path d="M2 0V8M6 0V8" fill="none"/>`},
	{verdict: "blocked", letter: "B", says: "would apply but for an earlier change that failed",
		light: ink{"#8d5a50", "#734339", "#ffffff"}, dark: ink{"#c99a8e", "#a67466", "#1c100d"},
		pattern: `<path d="M0 2H8M0 6H8" fill="none"/>`},
	{verdict: "refused", letter: "R", says: "unsafe or malformed",
		light: ink{"#6d1550", "#4d0c38", "#ffffff"}, dark: ink{"#e07cc0", "#b7559a", "#1d0716"},
		pattern: `<path d="M0 4H8M4 0V8" fill="none"/>`},
}

func lookOf(word string) look {
	for _, l := range looks {
		if l.verdict == word {
			return l
		}
	}
	return look{verdict: word, letter: "?", says: word}
}

// bad reports whether a change with this verdict is not in a release.
func (l look) bad() bool { return verdict.Kind(l.verdict).Fails() }

func itoa(n int) string { return strconv.Itoa(n) }
