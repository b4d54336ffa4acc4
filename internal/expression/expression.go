// Package expression limits the cost of searching for a regular expression. An expression goes in; the cost for each
// byte of a text, or why the expression is refused, comes out.
package expression

import (
	"fmt"
	"regexp/syntax"
)

// Limits of a regular expression.
const (
	maxMatch  = 4_096 // bytes of its text
	maxWeight = 1_000
	maxRunes  = 20_000
)

// size is the size of an expression.
type size struct {
	weight int // number of states that it can be in at once: the cost of each byte of a text
	runes  int // with repetitions written out
	turns  int // operators, after each of which more than one thing can follow
}

// measure estimates the size of an expression. A character class counts as one, a literal as often as it can overlap
// itself.
func measure(match string) size {
	var x size
	re, err := syntax.Parse("(?m)"+match, syntax.Perl)
	if err != nil {
		return size{weight: 1, runes: 1}
	}
	x.add(re, 1)
	return size{max(1, x.weight), x.runes, x.turns}
}

func (x *size) add(re *syntax.Regexp, times int) {
	switch re.Op {
	case syntax.OpLiteral:
		x.weight += times * overlaps(re.Rune)
		x.runes += times * len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		x.weight += times
		x.runes += times
	case syntax.OpRepeat:
		times *= max(1, re.Min+1, re.Max)
		x.turns += times
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpAlternate, syntax.OpCapture:
		x.turns += times
	}
	for _, sub := range re.Sub {
		x.add(sub, times)
	}
}

// Cost returns the cost of each byte of a text (the number of states of the expression, operators included), and once,
// the number of its characters with repetitions written out.
func Cost(match string) (each, once int) {
	x := measure(match)
	return x.weight + x.turns, x.runes + x.turns
}

// Check returns an error for an expression that takes too long to search for.
func Check(match string) error {
	if len(match) > maxMatch {
		return fmt.Errorf("match has %d bytes, at most %d are allowed", len(match), maxMatch)
	}
	switch x := measure(match); {
	case x.weight > maxWeight:
		return fmt.Errorf("match repeats too much: it may be in the middle of %d things at once, at most %d are allowed",
			x.weight, maxWeight)
	case x.runes > maxRunes:
		return fmt.Errorf("match is too long with its repetitions written out: %d characters, at most %d are allowed",
			x.runes, maxRunes)
	}
	return nil
}

// overlaps returns how many prefixes of a text can end at one place within it (Knuth, Morris and Pratt).
func overlaps(text []rune) (most int) {
	back, depth := make([]int, len(text)+1), make([]int, len(text)+1)
	for i, k := 1, 0; i <= len(text); i++ {
		if i > 1 {
			for k > 0 && text[i-1] != text[k] {
				k = back[k]
			}
			if text[i-1] == text[k] {
				k++
			}
			back[i] = k
		}
		depth[i] = depth[back[i]] + 1
		most = max(most, depth[i])
	}
	return most
}
