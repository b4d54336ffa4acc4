package fork

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/latin"
	"github.com/howdah/howdah/internal/series"
)

// stopWords are words that need a word after them: a shortened name must not end in one.
var stopWords = strings.Fields(`
	a about adding after also an and are around as at based be because been before being between but by can
	cannot don doesn didn due even for from has have having how if in instead into is isn it its just like my
	nor not of off on once only onto or our out over per rather s should so some such t than that the their them
	these this those through to too under until up using via was wasn were what when where which while who whose
	will with within without won would your`)

// titleMarker matches what git and people put before or after a title: "fixup!", "[WIP]".
var titleMarker = regexp.MustCompile(`(?i)^(?:(?:fixup|squash|amend)!\s*)+|` +
	`[\[(]\s*wip\s*[\])]|^wip\b[:\s-]*|[\s-]+wip$`)

// withoutMarkers returns a title without its markers; a title that has only markers stays as it is.
func withoutMarkers(title string) string {
	if s := strings.TrimSpace(titleMarker.ReplaceAllString(title, "")); s != "" {
		return s
	}
	return title
}

// nameWords returns the words of a title that can be part of a name: numbers, and words of Latin letters without
// their accents. It leaves out commit ids.
func nameWords(title string) []string {
	words := strings.FieldsFunc(strings.ToLower(latin.Plain(title)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return slices.DeleteFunc(words, isHash)
}

// isHash reports whether a word looks like a commit id: at least 7 hex digits, with a letter and a digit ("defaced"
// is a word).
func isHash(word string) bool {
	return len(word) >= 7 && len(word) <= 40 && strings.Trim(word, "0123456789abcdef") == "" &&
		strings.ContainsAny(word, "abcdef") && strings.ContainsAny(word, "0123456789")
}

// clauseEnd matches the end of a part of a title that can stand alone.
var clauseEnd = regexp.MustCompile(`[.;!?]\s|[,:]\s|\s[-–—(/]+\s?|\s\(`)

// slug returns a name of at most most bytes from a title. A longer title is cut at the end of a clause, or else before
// stop words. Stop words at the end are also dropped if the last word of the title has no Latin letters.
func slug(title string, most int) string {
	words := nameWords(title)
	if len(joined(words)) > most {
		var best []string
		for _, at := range clauseEnd.FindAllStringIndex(title, -1) {
			part := trimStopWords(nameWords(title[:at[0]]))
			if n := len(joined(part)); n <= most && len(part) > 2 && 5*n > 2*most {
				best = part
			}
		}
		if best != nil {
			return joined(best)
		}
		for len(words) > 1 && len(joined(words)) > most {
			words = words[:len(words)-1]
		}
		words = trimStopWords(words)
	} else if fields := strings.Fields(title); len(fields) > 0 && len(nameWords(fields[len(fields)-1])) == 0 {
		words = trimStopWords(words)
	}
	return strings.Trim(joined(words)[:min(len(joined(words)), most)], "-")
}

func joined(words []string) string { return strings.Join(words, "-") }

// trimStopWords removes stop words from the end.
func trimStopWords(words []string) []string {
	for len(words) > 1 && slices.Contains(stopWords, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return words
}

// withSuffix appends a suffix to a name, and shortens the name so that both fit into series.MaxName.
func withSuffix(name, end string) string {
	if name == "" {
		return end
	}
	return slug(strings.ReplaceAll(name, "-", " "), series.MaxName-len(end)-1) + "-" + end
}

// numbered returns the n-th of several equal names.
func numbered(name string, n int) string { return withSuffix(name, fmt.Sprint(n)) }
