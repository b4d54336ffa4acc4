package apply

import (
	"bytes"
	"cmp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/nearest"
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
	like := nearest.NewLikeness(want)
	type scored struct {
		Place
		score float64
	}
	var found []scored
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if s := like.To(bytes.TrimSpace(line)); s >= 0.5 {
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
