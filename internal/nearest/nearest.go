// Package nearest proposes what somebody most likely meant: the known name that is closest to an unknown one, and the
// lines of a file that are most like a text. Likeness compares lines of text.
package nearest

import (
	"strings"

	"github.com/agext/levenshtein"

	"github.com/howdah/howdah/internal/fault"
)

// longest is how many bytes a name may have to be compared: no known name is near to a longer one.
const longest = 128

// Name returns the candidate that s was most likely meant to be, or "". Case does not matter, and two neighbouring
// letters that changed places count as one mistake.
func Name(s string, candidates []string) string {
	if len(s) > longest {
		return ""
	}
	best, least := "", 1+max(1, len(s)/3)
	for _, c := range candidates {
		if d := mistakes(strings.ToLower(s), strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// Hint proposes the name that was most likely meant, or, where none is like it, lists those that there are after a
// word such as "use one of".
func Hint(s string, known []string, list string) fault.Hint {
	if near := Name(s, known); near != "" {
		return fault.Hintf("did you mean %q?", near)
	}
	if len(known) == 0 {
		return fault.Hint{}
	}
	return fault.Hintf("%s: %s", list, strings.Join(known, ", "))
}

func mistakes(a, b string) int {
	d := levenshtein.Distance(a, b, levenshtein.NewParams())
	if d == 2 && swapped(a, b) {
		return 1
	}
	return d
}

// swapped reports whether two neighbouring letters that changed places are all in which a and b differ.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
