package view

import (
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/target"
)

// TestSidesShowTheChange holds a long region to the lines that either side changed: what a side shares with the base
// is left out where it would push them off.
func TestSidesShowTheChange(t *testing.T) {
	base := strings.Split("abcdefghijklmnopqrstuvwxyz", "")
	change := func(at int, lines ...string) []string { return slices.Insert(slices.Clone(base), at, lines...) }
	for name, c := range map[string]struct {
		base, upstream, yours []string
		want, not             []string
	}{
		"yours begins late": {base, []string{"UP"}, change(20, "OURS"),
			[]string{"yours    | … 18 lines before", "         | OURS", "base     | … 18 lines before", "upstream | UP"}, nil},
		"upstream begins late": {base, change(20, "UP"), []string{"OURS"},
			[]string{"upstream | … 18 lines before", "         | UP", "base     | a", "yours    | OURS"}, nil},
		"yours adds at the end": {base, []string{"UP"}, change(26, "OURS"),
			[]string{"yours    | … 24 lines before", "         | OURS", "         | z"}, nil},
		"yours removes the end": {base, []string{"UP"}, base[:20],
			[]string{"base     | … 18 lines before", "yours    | … 18 lines before", "         | u"}, nil},
		"what begins early is shown from its beginning": {base, []string{"UP"}, change(4, "OURS"),
			[]string{"yours    | a", "         | OURS"}, []string{"before"}},
		"yours begins early, and goes on": {base, []string{"UP"}, change(1, "OURS"),
			[]string{"         | OURS", "… 19 lines more"}, []string{"before"}},
		"no base":      {nil, []string{"UP"}, base, []string{"base     | (nothing)", "yours    | a"}, []string{"before"}},
		"yours as was": {base, []string{"UP"}, base, []string{"yours    | a", "… 18 lines more"}, []string{"before"}},
	} {
		change := Change{Name: "x", Kind: "patch", Verdict: "conflict", Required: true, Message: "does not fit",
			Conflicts: []Conflict{{File: "f", Line: 1, Base: c.base, Upstream: c.upstream, Yours: c.yours}}}
		text := Check{Changes: []Change{change}}.Text(target.Caller{}).String()
		for _, want := range c.want {
			if !strings.Contains(text, want+"\n") {
				t.Errorf("%s: want %q:\n%s", name, want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: want no %q:\n%s", name, not, text)
			}
		}
	}
}
