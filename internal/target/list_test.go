package target

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestListing lists every target once, in lines that a terminal does not wrap.
func TestListing(t *testing.T) {
	for _, width := range []int{80, 100, 120} {
		for _, words := range []bool{false, true} {
			text := Listing(width, words, true)
			for line := range strings.Lines(text) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("%d columns, at most %d: %q", n, width, line)
				}
			}
			for _, x := range All() {
				name := x.Name
				if words {
					name = strings.Replace(name, ":", " ", 1)
				}
				if n := strings.Count(text, "\n  "+name+"  "); n != 1 {
					t.Errorf("%s is listed %d times", name, n)
				}
			}
		}
	}
	if text := Listing(80, true, false); strings.Contains(text, "  bench ") || !strings.Contains(text, "  patch check ") {
		t.Errorf("without the targets of the project:\n%s", text)
	}
}

// TestGroups has each target in just one group.
func TestGroups(t *testing.T) {
	var names []string
	for _, g := range groups {
		for _, x := range g.targets {
			if slices.Contains(names, x.Name) {
				t.Errorf("%s is in two groups", x.Name)
			}
			names = append(names, x.Name)
		}
	}
	if len(names) != len(All()) {
		t.Errorf("%d targets are in groups, of %d", len(names), len(All()))
	}
}
