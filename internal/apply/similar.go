package apply

import (
	"bytes"
	"cmp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/series"
)

// nearestLines are the lines of a file that are most like what an edit looks for; where none is at all like it, the
// file as a whole.
func nearestLines(e *series.Edit, data []byte) []Place {
	want := e.Find
	if e.Match != "" {
		want = literal(e.Match)
	}
	want = best(want)
	like := newLikeness(want)
	type scored struct {
		Place
		score float64
	}
	var found []scored
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if s := like.to(bytes.TrimSpace(line)); s >= 0.5 {
			found = append(found, scored{Place{e.File, number, string(bytes.TrimRight(line[:min(len(line), maxText)], "\r\n"))},
				s})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	if len(found) == 0 {
		return []Place{{File: e.File}}
	}
	var out []Place
	for _, f := range found[:min(3, len(found))] {
		out = append(out, f.Place)
	}
	return out
}

// best is the longest line of a text, trimmed: it tells most.
func best(text string) (longest string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > len(longest) {
			longest = line
		}
	}
	return longest
}

// literal is the longest text that stands in a regular expression as it is.
func literal(match string) (longest string) {
	re, err := syntax.Parse(match, syntax.Perl)
	if err != nil {
		return ""
	}
	var visit func(*syntax.Regexp)
	visit = func(re *syntax.Regexp) {
		if re.Op == syntax.OpLiteral && len(re.Rune) > len([]rune(longest)) {
			longest = string(re.Rune)
		}
		for _, sub := range re.Sub {
			visit(sub)
		}
	}
	visit(re)
	return longest
}

// likeness tells how much other texts have in common with one, from 0 to 1: the pairs of neighbouring bytes that are in
// both, out of those of both (Sørensen and Dice).
type likeness struct {
	pairs map[[2]byte]int
	used  map[[2]byte]int // of pairs, while a text is read
	size  int
}

func newLikeness(text string) *likeness {
	l := &likeness{pairs: map[[2]byte]int{}, used: map[[2]byte]int{}, size: max(0, len(text)-1)}
	for i := range l.size {
		l.pairs[[2]byte{text[i], text[i+1]}]++
	}
	return l
}

func (l *likeness) to(text []byte) float64 {
	size := len(text) - 1
	if size < 1 || l.size < 1 || size > 3*l.size || l.size > 3*size { // no more than half can be common
		return 0
	}
	clear(l.used)
	common := 0
	for i := range size {
		pair := [2]byte{text[i], text[i+1]}
		n := l.pairs[pair]
		if n == 0 {
			continue
		}
		if used := l.used[pair]; used < n {
			l.used[pair] = used + 1
			common++
		}
	}
	return 2 * float64(common) / float64(size+l.size)
}
