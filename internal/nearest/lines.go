package nearest

import (
	"bytes"
	"regexp/syntax"
	"slices"
	"strings"
)

// Line is a line of a text: its number, from 1, and what it says.
type Line struct {
	Number int
	Text   []byte
}

// Lines returns the lines of data that are most like the longest line of a text, at most so many, the most alike first;
// none where no line is at least half like it.
func Lines(text string, data []byte, most int) []Line {
	longest := longestLine(text)
	like := NewLikeness(longest)
	defer like.end(longest)
	var best []Line
	var scores []float64 // of best, falling
	number := 0
	for line := range bytes.Lines(data) {
		number++
		s := like.To(bytes.TrimSpace(line))
		if s < 0.5 || len(best) == most && s <= scores[most-1] {
			continue
		}
		at := slices.IndexFunc(scores, func(other float64) bool { return other < s })
		if at < 0 {
			at = len(scores)
		}
		best, scores = slices.Insert(best, at, Line{number, line}), slices.Insert(scores, at, s)
		best, scores = best[:min(len(best), most)], scores[:min(len(scores), most)]
	}
	return best
}

// longestLine is a text's longest line, trimmed: it says most about the place.
func longestLine(text string) (longest string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > len(longest) {
			longest = line
		}
	}
	return longest
}

// Literal is the longest text that a regular expression has to find as it is.
func Literal(match string) (longest string) {
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
