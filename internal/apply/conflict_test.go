package apply_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/verdict"
)

const conflicting = `lock
-- patches/series.toml --
[[change]]
name = "x"
patch = "x.patch"
-- patches/x.patch --
diff --git a/f b/f
--- a/f
+++ b/f
@@ -1,5 +1,5 @@
 one
 two
-three
+THREE
 four
 five
-- accepted/f --
one
two
three
four
five
-- upstream/f --
one
two
drei
four
five
`

// TestResolution: a conflict is shown, its resolution is kept, and it is used again only where the same three
// contents meet.
func TestResolution(t *testing.T) {
	w := applytest.New(t, txtar.Parse([]byte(conflicting)))
	_, r, err := w.Apply(t)
	if err != nil {
		t.Fatal(err)
	}
	o := r.Outcomes[0]
	if o.Verdict != verdict.Conflict || len(o.Unmerged) != 1 {
		t.Fatalf("got %s, %+v", o.Verdict, o.Unmerged)
	}
	u := o.Unmerged[0]
	marked := "one\ntwo\n<<<<<<< upstream\ndrei\n||||||| base\nthree\n=======\nTHREE\n>>>>>>> yours\nfour\nfive\n"
	if got := string(u.Marked()); got != marked {
		t.Errorf("marked:\n%s", got)
	}
	kept := "-- patches/" + u.Key.File() + " --\none\ntwo\nDREI\nfour\nfive\n"
	w = applytest.New(t, txtar.Parse([]byte(conflicting+kept)))
	if _, r, err = w.Apply(t); err != nil {
		t.Fatal(err)
	}
	if o := r.Outcomes[0]; o.Verdict != verdict.Merged || !strings.Contains(o.Message, "resolution") {
		t.Errorf("with the resolution: %s, %s", o.Verdict, o.Message)
	}
	if f, err := r.Tree.ReadFile(t.Context(), "f"); err != nil || string(f.Data) != "one\ntwo\nDREI\nfour\nfive\n" {
		t.Errorf("with the resolution: %q, %v", f.Data, err)
	}
	w = applytest.New(t, txtar.Parse([]byte(strings.Replace(conflicting, "drei", "tre", 1)+kept)))
	if _, r, err = w.Apply(t); err != nil {
		t.Fatal(err)
	}
	if o := r.Outcomes[0]; o.Verdict != verdict.Conflict {
		t.Errorf("upstream moved on, and the resolution still counts: %s", o.Verdict)
	}
}
