package patch

import (
	"bytes"
	"cmp"
	"regexp/syntax"
	"slices"
	"strings"
)

// nearestLines are the lines of a file that are most like what an edit looks for; where none is at all like it, the
// file as a whole.
func nearestLines(e *Edit, data []byte) []Place {
	want := e.Find
	if e.Match != "" {
		want = literal(e.Match)
	}
	want = best(want)
	grams := bigrams(want)
	type scored struct {
		Place
		score float64
	}
	var found []scored
	number := 0
	for line := range bytes.Lines(data) {
		number++
		text := strings.TrimRight(string(line), "\r\n")
		if s := dice(grams, bigrams(strings.TrimSpace(text))); s >= 0.5 {
			found = append(found, scored{Place{e.File, number, text}, s})
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

// bigrams counts the pairs of neighbouring bytes.
func bigrams(s string) map[[2]byte]int {
	m := make(map[[2]byte]int, len(s))
	for i := 1; i < len(s); i++ {
		m[[2]byte{s[i-1], s[i]}]++
	}
	return m
}

// dice is how much two texts have in common, from 0 to 1, by their pairs of bytes (Sørensen and Dice).
func dice(a, b map[[2]byte]int) float64 {
	common, total := 0, 0
	for pair, n := range a {
		common += min(n, b[pair])
		total += n
	}
	for _, n := range b {
		total += n
	}
	if total == 0 {
		return 0
	}
	return 2 * float64(common) / float64(total)
}
