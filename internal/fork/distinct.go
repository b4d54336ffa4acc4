package fork

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// common are the words of titles that say nothing of what a change is about.
var common = strings.Fields(`a add added and bump change changed changes cleanup feature features fix fixed fixes for
	from in into lint merge minor misc more of on pr pull refactor remove request revert small some stuff test tests the to
	tweak tweaks typo up update updated updates upstream vanilla wip with`)

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
	for word := range strings.SplitSeq(slug(title), "-") {
		if word != "" && strings.Trim(word, "0123456789") != "" && !slices.Contains(common, word) && !isHash(word) {
			words++
		}
	}
	return words > 1 || words == 1 && lost <= kept
}

func isHash(word string) bool { return len(word) >= 7 && strings.Trim(word, "0123456789abcdef") == "" }

// place is where a change's files are: the file's name or, of several, that of the folder that holds all.
func place(paths []string) string {
	name := paths[0]
	if len(paths) > 1 && strings.Contains(folder(paths), "/") {
		name = folder(paths)
	}
	name = path.Base(name)
	if stem := strings.TrimSuffix(name, path.Ext(name)); stem != "" {
		return strings.ReplaceAll(stem, "_", " ")
	}
	return name
}
