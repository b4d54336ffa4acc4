package apply_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/tree"
)

// TestHasty: with Hasty, the same changes apply and produce the same tree; a failing change may have fewer messages.
func TestHasty(t *testing.T) {
	files, err := filepath.Glob("testdata/apply/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	failed := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w := applytest.New(t, archive)
		s, _, err := w.Apply(t)
		if err != nil {
			continue
		}
		w.In.Brief, w.In.Rough = true, true
		want, err := apply.Apply(t.Context(), s, w.In)
		if err != nil {
			t.Fatal(err)
		}
		w.In.Hasty = true
		got, err := apply.Apply(t.Context(), s, w.In)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range want.Outcomes {
			now := got.Outcomes[i].Verdict
			if o.Verdict.Fails() != now.Fails() || !now.Fails() && now != o.Verdict {
				t.Errorf("%s: %s is %s in haste, expected %s", file, o.Change.Name, now, o.Verdict)
			}
			if now.Fails() {
				failed++
			}
		}
		if want.Tree.Root() != got.Tree.Root() {
			t.Errorf("%s: the tree in haste is %s, expected %s", file, got.Tree.Root(), want.Tree.Root())
		}
	}
	if failed == 0 {
		t.Error("no change of any case fails: the test shows nothing")
	}
}

// TestLost: in haste, a patch fails by the first file that upstream lacks, and its other files are not looked at,
// unless what they do could count: a file that the patch removes may be gone, and one whose content the patch names is
// searched for.
func TestLost(t *testing.T) {
	gone := func(name, about string) string {
		return fmt.Sprintf("diff --git a/%s b/%[1]s\n%s--- a/%[1]s\n+++ b/%[1]s\n@@ -1 +1 @@\n-a\n+b\n", name,
			about)
	}
	removed := "diff --git a/1 b/1\ndeleted file mode 100644\n--- a/1\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
	made := "diff --git a/0 b/0\nnew file mode 100644\n--- /dev/null\n+++ b/0\n@@ -0,0 +1 @@\n+a\n"
	id := string(tree.BlobID([]byte("a\n")))
	named := "index " + id + ".." + string(tree.BlobID([]byte("b\n"))) + " 100644\n"
	for name, c := range map[string]struct {
		patch string
		reads int
	}{
		"all gone":                {gone("1", "") + gone("2", "") + gone("3", ""), 1},
		"one is there":            {gone("there", "") + gone("2", "") + gone("3", ""), 2},
		"one is new":              {made + gone("2", "") + gone("3", ""), 2},
		"one is removed":          {removed + gone("2", "") + gone("3", ""), 3},
		"the content is known":    {gone("1", named) + gone("2", "") + gone("3", ""), 4},
		"a later one is known":    {gone("1", "") + gone("2", "") + gone("3", named), 3},
		"none is gone after all":  {gone("there", ""), 1},
		"a removed one and a new": {made + removed, 2},
	} {
		w := applytest.New(t, txtar.Parse([]byte("-- patches/series.toml --\n[[change]]\nname = \"c\"\n"+
			"patch = \"c.patch\"\n-- patches/c.patch --\n"+c.patch+"-- upstream/there --\na\n")))
		s, want, err := w.Apply(t)
		if err != nil {
			t.Fatal(name, err)
		}
		w.In.Brief, w.In.Rough, w.In.Hasty = true, true, true
		got, err := apply.Apply(t.Context(), s, w.In)
		if err != nil {
			t.Fatal(name, err)
		}
		one := got.Outcomes[0]
		if one.Verdict.Fails() != want.Outcomes[0].Verdict.Fails() || len(one.Reads) != c.reads {
			t.Errorf("%s: %s in haste after %q, %s otherwise", name, one.Verdict, one.Reads, want.Outcomes[0].Verdict)
		}
	}
}
