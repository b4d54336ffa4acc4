package landed_test

import (
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
)

// TestLandedEdit: what an edit did at the lock's commit is searched in the commits after it; without a lock there is
// no search.
func TestLandedEdit(t *testing.T) {
	repo, ids := gittest.Repo(t, "commit 1 Begin (#1)\ncommit 2 Raise it (#2)\ncommit 3 The end (#3)\n-- 1/a.rb --\n"+
		"first\nMAX = 500\nlast\n-- 2/a.rb --\nfirst\nMAX = 512\nlast\n-- 3/end.txt --\nthe end\n")
	const text = "[[change]]\nname = \"max\"\nwhy = \"Because.\"\n" +
		"edit = [{ file = \"a.rb\", find = \"MAX = 500\", replace = \"MAX = 512\" }]\n"
	whole, err := series.Load([]series.Folder{{Name: "patches", FS: fstest.MapFS{"series.toml": {Data: []byte(text)}}}})
	if err != nil {
		t.Fatal(err)
	}
	base, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	result,
		err := apply.Apply(t.Context(), whole,
		apply.Inputs{Base: base, Commit: ids["1"], Sources: applytest.Upstream{Repo: repo}})
	if err != nil {
		t.Fatal(err)
	}
	lock, err := result.Lock(t.Context(), ids["1"], nil)
	if err != nil {
		t.Fatal(err)
	}
	up := mainline.Upstream{Repo: repo}
	work,
		err := landed.WorkOf(t.Context(), up, whole, apply.Inputs{Commit: ids["3"], Sources: applytest.Upstream{Repo: repo},
		Lock: lock})
	if err != nil {
		t.Fatal(err)
	}
	if len(work) != 1 || work[0].Since != ids["1"] || work[0].Sum != whole.Changes[0].Sum {
		t.Fatalf("%+v", work)
	}
	got, err := landed.Find(t.Context(), up, work, ids["3"])
	if err != nil {
		t.Fatal(err)
	}
	if text := landings(got[work[0].Sum]); text != "by #2" {
		t.Errorf("got %q, want by #2", text)
	}
	if work,
		err := landed.WorkOf(t.Context(), up, whole,
		apply.Inputs{Commit: ids["3"], Sources: applytest.Upstream{Repo: repo}}); err != nil || len(work) != 0 {
		t.Errorf("without a lock: %+v, %v", work, err)
	}
}
