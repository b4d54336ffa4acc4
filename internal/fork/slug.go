package fork

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/latin"
)

// maxName is how long the name of a change may be: it is the name of a file as well.
const maxName = 64

// open are the words after which more is expected: no name that was shortened ends with one.
var open = strings.Fields(`a about adding after also an and are around as at based be because been before being between
	but by can cannot don doesn didn due even for from has have having how if in instead into is isn it its just like my
	nor not of off on once only onto or our out over per rather s should so some such t than that the their them these
	this those through to too under until up using via was wasn were what when where which while who whose will with
	within without won would your`)

// marker is what git and people put before or behind a title: that it mends another commit, that work goes on.
var marker = regexp.MustCompile(`(?i)^(?:(?:fixup|squash|amend)!\s*)+|[\[(]\s*wip\s*[\])]|^wip\b[:\s-]*|[\s-]+wip$`)

// bare is a title without markers, or as it is where nothing else is left.
func bare(title string) string {
	if s := strings.TrimSpace(marker.ReplaceAllString(title, "")); s != "" {
		return s
	}
	return title
}

// nameWords are the words of a title that can be in a name: of Latin letters, without their marks, and numbers; not a
// commit's id.
func nameWords(title string) []string {
	words := strings.FieldsFunc(strings.ToLower(latin.Plain(title)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return slices.DeleteFunc(words, isHash)
}

// isHash says that a word is a commit's id: "defaced" is none.
func isHash(word string) bool {
	return len(word) >= 7 && len(word) <= 40 && strings.Trim(word, "0123456789abcdef") == "" &&
		strings.ContainsAny(word, "abcdef") && strings.ContainsAny(word, "0123456789")
}

// clause ends a part of a title that can stand alone.
var clause = regexp.MustCompile(`[.;!?]\s|[,:]\s|\s[-–—(/]+\s?|\s\(`)

// slug makes a name of a title, of at most so many characters. A longer title ends where a clause ends or, where none
// that is long enough does, at a word after which nothing is expected; so does one whose end a name cannot have.
func slug(title string, most int) string {
	words := nameWords(title)
	if len(joined(words)) > most {
		var best []string
		for _, at := range clause.FindAllStringIndex(title, -1) {
			part := closed(nameWords(title[:at[0]]))
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
		words = closed(words)
	} else if fields := strings.Fields(title); len(fields) > 0 && len(nameWords(fields[len(fields)-1])) == 0 {
		words = closed(words)
	}
	return strings.Trim(joined(words)[:min(len(joined(words)), most)], "-")
}

func joined(words []string) string { return strings.Join(words, "-") }

// closed are words up to one after which nothing is expected.
func closed(words []string) []string {
	for len(words) > 1 && slices.Contains(open, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return words
}

// behind puts an end behind a name, which makes room for it.
func behind(name, end string) string {
	if name == "" {
		return end
	}
	return slug(strings.ReplaceAll(name, "-", " "), maxName-len(end)-1) + "-" + end
}

// numbered is the n-th of several names that are the same.
func numbered(name string, n int) string { return behind(name, fmt.Sprint(n)) }
