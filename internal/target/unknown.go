package target

import (
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
)

// unknown is the error of a name that nobody has.
func unknown(what, name string, known []string) error {
	err := fault.New(fault.Usage, "unknown %s %q", what, clip(name))
	if len(known) > 12 && nearest.Name(clip(name), known) == "" {
		return err
	}
	err.Hint = nearest.Hint(clip(name), slices.Sorted(slices.Values(known)), "use one of")
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
