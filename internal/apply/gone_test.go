package apply_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/verdict"
)

// TestManyGone: of the files that a change needs and upstream does not have, 1,000 are named.
func TestManyGone(t *testing.T) {
	for gone, named := range map[int]int{1_000: 1_000, 1_001: 1_000} {
		var patch strings.Builder
		for i := range gone {
			fmt.Fprintf(&patch, "diff --git a/f%d b/f%[1]d\n--- a/f%[1]d\n+++ b/f%[1]d\n@@ -1 +1 @@\n-y\n+x\n", i)
		}
		list := "-- patches/series.toml --\n[[change]]\nname = \"x\"\npatch = \"x.patch\"\n"
		w := applytest.New(t, txtar.Parse([]byte("lock\n"+list+"-- patches/x.patch --\n"+patch.String()+
			"-- upstream/other --\nx\n")))
		_, r, err := w.Apply(t)
		if err != nil {
			t.Fatal(err)
		}
		if o := r.Outcomes[0]; o.Verdict != verdict.Gone || len(o.At) != named {
			t.Errorf("%d are gone: %s, %d are named, want %d", gone, o.Verdict, len(o.At), named)
		}
	}
}
