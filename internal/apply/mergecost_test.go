package apply_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/verdict"
)

// TestMergesAreCounted has patches of a file of 8 MiB, which upstream changed within the context of each, so that all
// have to be merged. A merge costs some 100 million of the 800 million units that the series has for them.
func TestMergesAreCounted(t *testing.T) {
	line := func(i int, word string) string { return fmt.Sprintf("%06d %s %s", i, word, strings.Repeat("x", 100)) }
	var list, patches, accepted, upstream strings.Builder
	const all = 10
	for i := range 70_000 {
		word := "base"
		if i%1_000 == 503 && i < all*1_000 {
			word = "theirs"
		}
		fmt.Fprintln(&accepted, line(i, "base"))
		fmt.Fprintln(&upstream, line(i, word))
	}
	for n := range all {
		fmt.Fprintf(&list, "[[change]]\nname = \"c%d\"\npatch = \"c%d.patch\"\n", n, n)
		at := n*1_000 + 500
		fmt.Fprintf(&patches, "-- patches/c%d.patch --\n--- a/f\n+++ b/f\n@@ -%d,7 +%d,7 @@\n", n, at-2, at-2)
		for i := at - 3; i <= at+3; i++ {
			if i == at {
				fmt.Fprintf(&patches, "-%s\n+%s\n", line(i, "base"), line(i, "ours"))
			} else {
				fmt.Fprintf(&patches, " %s\n", line(i, "base"))
			}
		}
	}
	w := applytest.New(t, txtar.Parse([]byte("lock\n-- patches/series.toml --\n"+list.String()+patches.String()+
		"-- accepted/f --\n"+accepted.String()+"-- upstream/f --\n"+upstream.String())))
	_, r, err := w.Apply(t)
	if err != nil {
		t.Fatal(err)
	}
	merged := 0
	for merged < all && r.Outcomes[merged].Verdict == verdict.Merged {
		merged++
	}
	if merged != 8 {
		t.Errorf("%d are merged, want 8", merged)
	}
	for _, o := range r.Outcomes[merged:] {
		if o.Verdict != verdict.Refused || !strings.Contains(o.Message, "more searching and merging than is allowed") {
			t.Errorf("%s is %s: %s", o.Change.Name, o.Verdict, o.Message)
		}
	}
}
