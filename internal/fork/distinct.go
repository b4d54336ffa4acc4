package fork

import (
	"slices"
	"strings"
	"unicode"
)

// commonWords are words that are in many titles, and do not say what a change is about.
var commonWords = strings.Fields(`a add added adding again all and broken branch bug bugs bump change changed changes
	changing ci cleanup code comment comments commit commits conflict conflicts create error errors feature features fix fixed
	fixes fixing for fork formatting from improve improved in initial into issue issues lack lint linter linting lints
	merge migrate database migrations minor misc missed missing more of on pr problem problems pull refactor refactoring
	release remove removed request resolve revert schema small some spec specs stuff test tests the things to tweak tweaks
	typo typos up update updated updates updating upstream vanilla version warning warnings wip with`)

// distinct reports whether a name made from this title will tell the change apart from others. A name has only
// letters from a to z, so little may be left of a title in another script.
func distinct(title string) bool {
	kept, lost := 0, 0
	for _, r := range title {
		switch {
		case !unicode.IsLetter(r):
		case r < unicode.MaxASCII:
			kept++
		case !unicode.In(r, unicode.Latin):
			lost++
		}
	}
	words := 0
	for _, word := range nameWords(title) {
		if strings.Trim(word, "0123456789") != "" && !slices.Contains(commonWords, word) {
			words++
		}
	}
	return words > 1 || words == 1 && lost <= kept
}
