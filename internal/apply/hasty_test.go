package apply_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
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
