package landed_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
)

// TestProofsAreFetchedAtOnce reads what three commits of upstream did in a partial clone that has none of their files:
// they come in one fetch, not in one for each version of each file.
func TestProofsAreFetchedAtOnce(t *testing.T) {
	of, ids := gittest.Repo(t, "commit 1 Begin (#1)\ncommit 2 Two (#2)\ncommit 3 Three (#3)\ncommit 4 Four (#4)\n"+
		"-- 1/a --\none\n-- 2/a --\ntwo\n-- 3/a --\nthree\n-- 3/b --\nb\n-- 4/a --\nfour\n-- 4/b --\nb\n")
	repo, fetches := gittest.Partial(t, of)
	text := ""
	for _, n := range []string{"2", "3", "4"} {
		text += fmt.Sprintf("[[change]]\nname = \"c%s\"\nlanded = \"mastodon/mastodon#%[1]s\"\ncommit = %q\n", n, ids[n])
	}
	whole, err := series.Load([]series.Folder{{Name: "patches", FS: fstest.MapFS{"series.toml": {Data: []byte(text)}}}})
	if err != nil {
		t.Fatal(err)
	}
	work, err := landed.WorkOf(t.Context(), mainline.Upstream{Repo: repo}, whole,
		apply.Inputs{Commit: ids["4"], Sources: applytest.Upstream{Repo: repo}})
	if err != nil {
		t.Fatal(err)
	}
	if len(work) != 3 || *fetches != 1 {
		t.Errorf("%d of 3 commits were read, with %d fetches", len(work), *fetches)
	}
}
