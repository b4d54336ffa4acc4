// Package wording finds where a text of the web page or of a mail comes from. The text and upstream's files go in; the
// translations that say it, the keys under which they stand, the lines of code that use these keys, and the lines that
// contain the text itself come out. It is pure.
package wording

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Folders are upstream's folders that hold what the web page and the mails say.
var Folders = []string{"app", "config", "lib"}

// File is one of upstream's files.
type File struct {
	Name string
	Data []byte
}

// Place is a line of a file.
type Place struct {
	File string
	Line int
	Text string // trimmed
}

// Match is how a place has the text.
type Match string

// The ways, the best first.
const (
	same     Match = "same"     // the translation is the text
	rendered Match = "rendered" // it is the text once its placeholders are filled in
	part     Match = "part"     // it contains the text
	source   Match = "source"   // a line of code or of a template contains the text
	Near     Match = "near"     // nothing contains the text, and this comes close
)

// Found is one place that a text comes from.
type Found struct {
	Place
	Match  Match
	Locale string  // the language of a translation; "" for a line of code
	Key    string  // of a translation, without the language
	Value  string  // of a translation, as the file says it
	Uses   []Place // the lines of code that use the key
	Find   string  // a text with the place in it that the file contains once; "" if there is none
}

// maxUses is how many lines that use one key are worth reading.
const maxUses = 10

// maxNear is how many places are named that only come close.
const maxNear = 5

// Wants reports whether a file may hold what the web page or a mail says.
func Wants(name string) bool {
	folder, _, _ := strings.Cut(name, "/")
	switch {
	case !slices.Contains(Folders, folder):
		return false
	case strings.Contains(name, ".test.") || strings.Contains(name, ".stories.") || strings.Contains(name, "/__tests__/"):
		return false
	case localeOf(name) != "":
		return true
	}
	switch path.Ext(name) {
	case ".rb", ".rake", ".haml", ".erb", ".slim", ".html", ".txt", ".js", ".jsx", ".ts", ".tsx", ".yml":
		return true
	}
	return false
}

// Search finds where a text comes from, the best places first. Translations into other languages are looked at only
// where English and the code have nothing. If nothing contains the text, what comes close is returned.
func Search(text string, files []File) []Found {
	q := newQuery(text)
	var english, others, code []File
	for _, f := range files {
		switch localeOf(f.Name) {
		case "":
			code = append(code, f)
		case "en":
			english = append(english, f)
		default:
			others = append(others, f)
		}
	}
	values := translations(english)
	found := slices.Concat(q.inTranslations(values), q.inCode(code, false))
	if len(found) == 0 {
		found = q.inCode(code, true)
	}
	if len(found) == 0 {
		foreign := translations(q.likely(others))
		if found = q.inTranslations(foreign); len(found) == 0 {
			if found = q.near(values); len(found) == 0 {
				found = q.near(foreign)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Found) int { return cmp.Compare(rank(a.Match), rank(b.Match)) })
	byName := map[string][]byte{}
	for _, f := range files {
		byName[f.Name] = f.Data
	}
	for i := range found {
		f := &found[i]
		f.Find = once(byName[f.File], f.Line)
		if f.Key != "" && i < maxExplained {
			f.Uses = uses(f.Key, strings.HasSuffix(f.File, ".json"), code)
		}
	}
	return found
}

// maxExplained is of how many places the uses are looked for: a text that stands in more is one to search again,
// longer.
const maxExplained = 20

func rank(m Match) int { return slices.Index([]Match{same, rendered, part, source, Near}, m) }

// maxFindLines is how many lines a text may take that is to stand in a file once.
const maxFindLines = 6

// once is a line of a file, with as many lines before it as are needed so that the file contains it once.
func once(data []byte, line int) string {
	lines := strings.Split(string(data), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	for first := line - 1; first >= 0 && line-first <= maxFindLines; first-- {
		text := strings.TrimSuffix(strings.TrimSpace(strings.Join(lines[first:line], "\n")), ",")
		if strings.Count(string(data), text) == 1 {
			return text
		}
	}
	return ""
}
