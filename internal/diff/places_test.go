package diff

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// TestPlaces: every way of searching finds the lines at which a hunk's old lines are.
func TestPlaces(t *testing.T) {
	by := rand.New(rand.NewSource(1))
	pick := func(n, kinds int) (out []string) {
		for range n {
			out = append(out, strings.Repeat("ab", by.Intn(kinds))+"\n")
		}
		return out
	}
	for i := range 2000 {
		kinds := 1 + i%4
		lines := pick(40, kinds)
		if i%5 == 0 {
			lines = append(lines, "a") // without a line feed
		}
		old := pick(1+by.Intn(5), kinds)
		if i%2 == 0 {
			from := by.Intn(len(lines) - 5)
			old = slices.Clone(lines[from : from+1+by.Intn(5)])
		}
		if i%10 == 0 {
			old = lines[len(lines)-3:]
		}
		h := Hunk{OldStart: 5, OldLines: len(old)}
		for _, l := range old {
			h.Lines = append(h.Lines, Line{Op: ' ', Text: []byte(l)}, Line{Op: '+', Text: []byte("new\n")})
		}
		text := newSearched([]byte(strings.Join(lines, "")), new(int))
		var want []int
		for at := range lines {
			if text.has(&h, at) {
				want = append(want, at)
			}
		}
		got := fmt.Sprint(slices.Collect(text.with(&h)), slices.Collect(text.among(&h, 0)),
			slices.Collect(text.lookUp(&h)))
		if want := fmt.Sprint(want, want, want); got != want {
			t.Fatalf("%q in %q: %s, want %s", old, lines, got, want)
		}
	}
}

// TestSearchIsBounded: once the budget is spent, a hunk's line is the one in the diff, and most hunks are only
// counted.
func TestSearchIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("--- a/f\n+++ b/f\n")
	for i := range 200 {
		fmt.Fprintf(&b, "@@ -%d,3 +%d,3 @@\n a\n-b\n+c\n a\n", 3*i+1, 3*i+1)
	}
	files, err := Parse([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	old := []byte(strings.Repeat("a\n", 600))
	some, none := files[0].Try(old, NewSearch(1_000_000, 1_000_000)), files[0].Try(old, NewSearch(0, 1_000_000))
	if some.Not != 200 || len(some.List) != 50 || some.Untried != 0 || some.Wrong.Nominal {
		t.Errorf("with work left: %+v, %v", some, some.Wrong)
	}
	if none.Not != 1 || none.Untried != 199 || !none.List[0].Nominal || none.Wrong.Line != 2 || !none.Wrong.Nominal {
		t.Errorf("without: %+v, %v", none, none.Wrong)
	}
	s, ok := files[0].Suppose(old, Names{}, NewSearch(0, 0))
	last := s.Conflicts[len(s.Conflicts)-1]
	if !ok || !s.Nominal || len(s.Conflicts) != maxTrials || last.OursLine != 149 {
		t.Errorf("%v, nominal %v, %d conflicts, the last at %d", ok, s.Nominal, len(s.Conflicts), last.OursLine)
	}
	if got, _, err := files[0].Apply(s.Base); err != nil || string(got) != string(s.Theirs) {
		t.Errorf("the diff does not lead from the base to the other side: %v", err)
	}
}
