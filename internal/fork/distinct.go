package fork

import (
	"slices"
	"strings"
	"unicode"
)

// common are the words of titles that say nothing of what a change is about.
var common = strings.Fields(`a add added adding again all and broken branch bug bugs bump change changed changes
	changing ci cleanup code comment comments commit commits conflict conflicts create error errors feature features fix fixed
	fixes fixing for fork formatting from improve improved in initial into issue issues lack lint linter linting lints
	merge migrate database migrations minor misc missed missing more of on pr problem problems pull refactor refactoring
	release remove removed request resolve revert schema small some spec specs stuff test tests the things to tweak tweaks
	typo typos up update updated updates updating upstream vanilla version warning warnings wip with`)

// distinct reports whether a name that is made of a title tells its change from others. Names have only letters from a
// to z, so of a title in another script little may be left.
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
		if strings.Trim(word, "0123456789") != "" && !slices.Contains(common, word) {
			words++
		}
	}
	return words > 1 || words == 1 && lost <= kept
}
