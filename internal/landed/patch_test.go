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

// TestLandedPatch: a patch in git's form is found as the commit that it was made from, for all kinds of files; the
// reverse commit reverts it, even if the change only indents.
func TestLandedPatch(t *testing.T) {
	const plain = "def show\n  render_the_page\n  count_the_visit\nend\n"
	const indented = "def show\n  traced do\n    render_the_page\n    count_the_visit\n  end\nend\n"
	for _, c := range []struct{ name, before, after, want string }{
		{"a new binary file", "-- 1/a.txt --\na\n", "-- 2/pic.png --\n\x00one\n", "by #2"},
		{"a binary file changed", "-- 1/pic.png --\n\x00one\n", "-- 2/pic.png --\n\x00two\n", "by #2"},
		{"a binary file deleted", "-- 1/a.txt --\na\n-- 1/pic.png --\n\x00one\n", "-- 2.rm --\npic.png\n", "by #2"},
		{"an empty file", "-- 1/a.txt --\na\n", "-- 2/.keep --\n-- 2/a.txt --\nb\n", "by #2"},
		{"only indented, and reverted", "-- 1/a.rb --\n" + plain, "-- 2/a.rb --\n" + indented + "-- 3/a.rb --\n" + plain,
			"by #2, undone by #3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			repo, ids := gittest.Repo(t, "commit 1 Begin (#1)\ncommit 2 Add it (#2)\ncommit 3 The end (#3)\n"+c.before+c.after+
				"-- 3/end.txt --\nthe end\n")
			for _, flag := range []string{"--no-renames", "--full-index"} {
				data, err := repo.Run(t.Context(), "diff", "--binary", flag, string(ids["1"]), string(ids["2"]))
				if err != nil {
					t.Fatal(err)
				}
				whole, err := series.Load([]series.Folder{{Name: "patches", FS: fstest.MapFS{"it.patch": {Data: data}}}})
				if err != nil {
					t.Fatal(err)
				}
				up := mainline.Upstream{Repo: repo}
				work,
					err := landed.WorkOf(t.Context(), up, whole,
					apply.Inputs{Commit: ids["3"], Sources: applytest.Upstream{Repo: repo}})
				if err != nil {
					t.Fatal(err)
				}
				got, err := landed.Find(t.Context(), up, work, ids["3"])
				if err != nil {
					t.Fatal(err)
				}
				if text := landings(got[whole.Changes[0].Sum]); text != c.want {
					t.Errorf("%s: got %q, want %q", flag, text, c.want)
				}
			}
		})
	}
}
