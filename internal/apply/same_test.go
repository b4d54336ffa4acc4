package apply_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/verdict"
)

// TestSameAfterManyFailures: what upstream has is landed, and what only an earlier change has is a conflict, also
// when so many changes before them fail that the trials for these have used up what they may cost.
func TestSameAfterManyFailures(t *testing.T) {
	const (
		gone    = "--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
		created = "--- /dev/null\n+++ b/made\n@@ -0,0 +1 @@\n+made\n"
		line    = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n one\n+two\n three\n"
		both    = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n one\n+two\n three\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
		below   = "--- a/f\n+++ b/f\n@@ -7,2 +7,3 @@\n seven\n eight\n+nine\n"
		ours    = "--- a/g\n+++ b/g\n@@ -1,2 +1,3 @@\n one\n+ours\n three\n"
		moved   = "diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n"
	)
	tests := map[string]struct {
		patches []string
		want    verdict.Kind // of the last
		said    string
	}{
		"a file that upstream removed too":      {[]string{gone}, verdict.Landed, "upstream has it"},
		"a file that upstream has too":          {[]string{created}, verdict.Landed, "upstream has it"},
		"a line that upstream has too":          {[]string{line}, verdict.Landed, "upstream has it"},
		"a file that upstream moved too":        {[]string{moved}, verdict.Landed, "upstream has it"},
		"several files":                         {[]string{both}, verdict.Landed, "upstream has it"},
		"an earlier change of the same file":    {[]string{below, line}, verdict.Landed, "upstream has it"},
		"twice what upstream has":               {[]string{line, both}, verdict.Landed, "upstream has it"},
		"what an earlier change has":            {[]string{ours, ours}, verdict.Conflict, "an earlier change does the same"},
		"what upstream and an earlier one have": {[]string{ours, ours + line}, verdict.Conflict, "does the same"},
	}
	for i, name := range slices.Sorted(maps.Keys(tests)) {
		test := tests[name]
		if testing.Short() && i%3 != 1 {
			continue // in the short form a third of them
		}
		t.Run(name, func(t *testing.T) {
			var list, files strings.Builder
			add := func(patch string) {
				n := strings.Count(list.String(), "[[change]]")
				fmt.Fprintf(&list, "[[change]]\nname = \"c%d\"\npatch = \"c%d.patch\"\n", n, n)
				fmt.Fprintf(&files, "-- patches/c%d.patch --\n%s", n, patch)
			}
			for n := range 30 {
				add(fmt.Sprintf("--- a/big\n+++ b/big\n@@ -%d,2 +%d,3 @@\n not %d\n+x\n there\n", n+1, n+1, n))
			}
			for _, p := range test.patches {
				add(p)
			}
			text := "-- patches/series.toml --\n" + list.String() + files.String() + "-- upstream/big --\n" +
				strings.Repeat("a line like many others\n", 20_000) +
				"-- upstream/f --\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- upstream/g --\none\nthree\n" +
				"-- upstream/made --\nmade\n-- upstream/new --\nold\n"
			_, r, err := applytest.New(t, txtar.Parse([]byte(text))).Apply(t)
			if err != nil {
				t.Fatal(err)
			}
			last := r.Outcomes[len(r.Outcomes)-1]
			if last.Verdict != test.want || !strings.Contains(last.Message, test.said) {
				t.Errorf("%s: %s, want %s: %s", last.Verdict, last.Message, test.want, test.said)
			}
		})
	}
}

// TestSameBeyondItsCount: many changes that each repeat an earlier one in a large file are judged once more without the
// others as long as their own count allows. A later one says that it has not been looked for which of the two it is.
func TestSameBeyondItsCount(t *testing.T) {
	const again = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n one\n+ours\n three\n"
	var list, files strings.Builder
	for n := range 20 {
		fmt.Fprintf(&list, "[[change]]\nname = \"c%d\"\npatch = \"c%d.patch\"\n", n, n)
		fmt.Fprintf(&files, "-- patches/c%d.patch --\n%s", n, again)
	}
	text := "-- patches/series.toml --\n" + list.String() + files.String() + "-- upstream/f --\none\nthree\n" +
		strings.Repeat("a line like many others\n", 120_000)
	_, r, err := applytest.New(t, txtar.Parse([]byte(text))).Apply(t)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "c0 does the same before it", 19: "which of them takes too long to find"} {
		if o := r.Outcomes[n]; o.Verdict != verdict.Conflict || !strings.Contains(o.Message, want) {
			t.Errorf("c%d: %s, want a conflict: %s: %s", n, o.Verdict, want, o.Message)
		}
	}
}
