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
// have to be merged. A merge costs some 100 million of the 800 million units that the series has for them; each byte of
// its patches adds 80, so that behind a patch of 3 MB two more are merged.
func TestMergesAreCounted(t *testing.T) {
	const all = 12
	line := func(i int, word string) string { return fmt.Sprintf("%06d %s %s", i, word, strings.Repeat("x", 100)) }
	var list, patches, accepted, upstream strings.Builder
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
	for _, test := range []struct {
		name   string
		lines  int // of 100 bytes, of a file that a patch before them adds
		merged int
	}{{"a small series", 1, 8}, {"a series of 3 MB", 30_000, 10}} {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() && test.lines > 1 {
				t.Skip("takes seconds: a large series, beside the small one")
			}
			large := fmt.Sprintf("-- patches/new.patch --\n--- /dev/null\n+++ b/new\n@@ -0,0 +1,%d @@\n%s", test.lines,
				strings.Repeat("+"+strings.Repeat("y", 98)+"\n", test.lines))
			w := applytest.New(t, txtar.Parse([]byte("lock\n-- patches/series.toml --\n[[change]]\nname = \"new\"\n"+
				"patch = \"new.patch\"\n"+list.String()+large+patches.String()+"-- accepted/f --\n"+accepted.String()+
				"-- upstream/f --\n"+upstream.String())))
			_, r, err := w.Apply(t)
			if err != nil {
				t.Fatal(err)
			}
			outcomes := r.Outcomes[1:]
			merged := 0
			for merged < all && outcomes[merged].Verdict == verdict.Merged {
				merged++
			}
			if merged != test.merged {
				t.Errorf("%d are merged, want %d", merged, test.merged)
			}
			for _, o := range outcomes[merged:] {
				if o.Verdict != verdict.Refused || !strings.Contains(o.Message, "more searching and merging than is allowed") {
					t.Errorf("%s is %s: %s", o.Change.Name, o.Verdict, o.Message)
				}
			}
		})
	}
}
