// Package plural counts things in words: a number and a noun go in, "1 change" or "2 changes" comes out.
package plural

import (
	"fmt"
	"strings"
)

// Of is the number with the noun, in the plural unless it is one: "1 entry", "2 entries".
func Of(n int, noun string) string { return fmt.Sprintf("%d %s", n, Noun(n, noun)) }

// Verb is the form of a verb that fits the number: "is" or "are".
func Verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Noun is the noun alone, as it follows the number.
func Noun(n int, noun string) string {
	switch {
	case n == 1:
		return noun
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay"):
		return strings.TrimSuffix(noun, "y") + "ies"
	case strings.HasSuffix(noun, "ch"), strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"):
		return noun + "es"
	}
	return noun + "s"
}

// most is how many names a message lists.
const most = 3

// Few lists names, at most three of them: "a, b, c and 2 more".
func Few(names []string) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
