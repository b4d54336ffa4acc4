package target

import (
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
)

// unknown returns the error for an unknown name.
func unknown(what, name string, known []string) error {
	err := fault.New(fault.Usage, "unknown %s %q", what, clip(name))
	if len(known) > 12 && nearest.Name(clip(name), known) == "" {
		return err
	}
	err.Hint = nearest.Hint(clip(name), slices.Sorted(slices.Values(known)), "use one of")
	return err
}

// clip shortens what a person typed for an error.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
