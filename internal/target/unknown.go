package target

import (
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
)

// unknown is the error of a name that nobody has.
func unknown(what, name string, known []string) error {
	err := fault.New(fault.Usage, "unknown %s %q", what, clip(name))
	if near := nearest.Name(clip(name), known); near != "" {
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
