package target

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/howdah/howdah/internal/fault"
)

// Nearest returns the candidate that s was most likely meant to be, or "".
func Nearest(s string, candidates []string) string {
	params := levenshtein.NewParams()
	best, least := "", 1+max(1, len(s)/3)
	for _, c := range candidates {
		if d := levenshtein.Distance(strings.ToLower(s), strings.ToLower(c), params); d < least {
			best, least = c, d
		}
	}
	return best
}

// unknown is the error of a name that nobody has.
func unknown(what, name string, known []string) error {
	err := fault.New(fault.Usage, "unknown %s %q", what, clip(name))
	if near := Nearest(clip(name), known); near != "" {
		return err.WithHint("did you mean %q?", near)
	}
	if len(known) > 0 && len(known) <= 12 {
		return err.WithHint("use one of: %s", strings.Join(slices.Sorted(slices.Values(known)), ", "))
	}
	return err
}

// clip shortens what a person typed to what an error shows of it.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
