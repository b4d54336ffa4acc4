package view

import (
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/target"
)

// TestRegions shows 20 regions of a change, and as many of all changes as have 600 lines; the others are counted.
func TestRegions(t *testing.T) {
	failing := func(regions, lines int) Change {
		c := Change{Name: "x", Kind: "patch", Verdict: "conflict", Required: true, Message: "does not fit"}
		for i := range regions {
			side := func(word string) []string { return strings.Fields(strings.Repeat(word+" ", lines)) }
			c.Conflicts = append(c.Conflicts, Conflict{File: "f", Line: i + 1, Base: side("base"), Upstream: side("upstream"),
				Yours: side("yours")})
		}
		return c
	}
	for name, c := range map[string]struct {
		changes []Change
		shown   int
		more    string
	}{
		"20 regions":              {[]Change{failing(20, 1)}, 20, ""},
		"21 regions":              {[]Change{failing(21, 1)}, 20, "… 1 region more; all are in dist/patch-check.json"},
		"24 regions of 25 lines":  {[]Change{failing(12, 8), failing(12, 8)}, 24, ""},
		"25 regions of 25 lines":  {[]Change{failing(12, 8), failing(13, 8)}, 24, "… 1 region more; all are in dist/"},
		"long regions of a line":  {[]Change{failing(1, 9)}, 1, "… 1 line more"},
		"regions of many changes": {[]Change{failing(20, 8), failing(20, 8), failing(1, 8)}, 24, "… 16 regions more"},
	} {
		text := Check{Changes: c.changes}.Text(target.Caller{}).String()
		if n := strings.Count(text, "  in f:"); n != c.shown || !strings.Contains(text, c.more) ||
			c.more == "" && strings.Contains(text, " more") {
			t.Errorf("%s: %d are shown, want %d and %q:\n%s", name, n, c.shown, c.more, text)
		}
	}
	hunks := func(n int) Change {
		c := Change{Name: "x", Kind: "patch", Verdict: "conflict", Required: true, Message: "does not fit"}
		for i := range n {
			c.Hunks = append(c.Hunks, Hunk{File: "f", Hunk: i + 1, Line: i + 1})
		}
		c.MoreHunks = []MoreHunks{{File: "f", Fit: 7, Not: 5, Untried: 3}}
		return c
	}
	text := fmt.Sprint(Check{Changes: []Change{hunks(9)}}.Text(target.Caller{}))
	if !strings.Contains(text, "7 of 24 hunks of f fit") || !strings.Contains(text, "; 3 were not tried") {
		t.Errorf("hunks are not counted:\n%s", text)
	}
}
