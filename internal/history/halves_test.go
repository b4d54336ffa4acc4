package history

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// movedLimit is an upstream with n commits that moves a file in the fourth; the lines of a change are altered by the
// commits in broken.
func movedLimit(
	t *testing.T, newest int, broken func(commit int) bool,
) (*git.Repo, map[string]tree.ID, *series.Series) {
	t.Helper()
	const moved = 4
	text := func(limit, n int) string {
		begin, end := strings.Repeat("# above\n", 30), strings.Repeat("# below\n", 30)
		return fmt.Sprintf("%sone\ntwo\nthree\nMAX = %d\nfour\nfive\nsix\n%s# %d\n", begin, limit, end, n)
	}
	history, contents := "commit 1 Begin (#1)\n", "-- 1/limit.rb --\n"+text(500, 1)
	for i := 2; i <= newest; i++ {
		history += fmt.Sprintf("commit %d More (#%d)\n", i, i)
		name, limit := "limit.rb", 500
		if i >= moved {
			name = "lib/limit.rb"
		}
		if broken(i) {
			limit = 600
		}
		if i == moved {
			contents += fmt.Sprintf("-- %d.rm --\nlimit.rb\n", i)
		}
		contents += fmt.Sprintf("-- %d/%s --\n%s", i, name, text(limit, i))
	}
	repo, ids := gittest.Repo(t, history+contents)
	patch := "diff --git a/limit.rb b/limit.rb\nindex " + string(tree.BlobID([]byte(text(500, 1)))) + ".." +
		string(tree.BlobID([]byte(text(512, 1)))) + " 100644\n--- a/limit.rb\n+++ b/limit.rb\n" +
		"@@ -33,3 +33,3 @@\n three\n-MAX = 500\n+MAX = 512\n four\n"
	return repo, ids, applytest.Load(t, fstest.MapFS{
		"series.toml": {Data: []byte("[[change]]\nname = \"limit\"\nwhy = \"More.\"\npatch = \"limit.patch\"\n")},
		"limit.patch": {Data: []byte(patch)},
	})
}

// TestHalvesFollowMovedFile: the commit that changed a file's lines after upstream moved it is named, not the move,
// after which the change still applied.
func TestHalvesFollowMovedFile(t *testing.T) {
	const broke, newest = 12, 20
	repo, ids, whole := movedLimit(t, newest, func(commit int) bool { return commit >= broke })
	for _, most := range []int{0, -1} {
		if o := explainedAfter(t, repo, whole, ids[fmt.Sprint(newest)], most); o.By == nil || o.By.Pull != broke {
			t.Errorf("at most %d searches: %s by %+v, expected #%d; it says %q", most, o.Verdict, o.By, broke, o.Message)
		}
	}
}

// TestHalvesNameABreak: for a change that broke, healed and broke again, the walk names the newest break. By
// bisection, after too many searches, it is also a commit that broke the change (it applies before and not after),
// but it may be an older one. docs/history.md says so.
func TestHalvesNameABreak(t *testing.T) {
	const older, healed, newer, newest = 8, 12, 15, 40
	repo, ids, whole := movedLimit(t, newest, func(commit int) bool {
		return commit >= older && commit < healed || commit >= newer
	})
	for _, c := range []struct{ most, by int }{{0, newer}, {-1, older}} {
		o := explainedAfter(t, repo, whole, ids[fmt.Sprint(newest)], c.most)
		if o.By == nil || o.By.Pull != c.by {
			t.Errorf("at most %d searches: %s by %+v, expected #%d; it says %q", c.most, o.Verdict, o.By, c.by,
				o.Message)
		}
	}
	for commit, applies := range map[int]bool{older - 1: true, older: false, newer - 1: true, newer: false} {
		o := explainedAfter(t, repo, whole, ids[fmt.Sprint(commit)], 0)
		if o.Verdict.Applies() != applies {
			t.Errorf("at commit %d: %s", commit, o.Verdict)
		}
	}
	if mostSearches != 100 {
		t.Errorf("after %d searches; docs/history.md says 100", mostSearches)
	}
}

// explainedAfter returns the outcome of the first change at a pin, explained with at most this many searches before
// bisection: 0 means the usual number, -1 none.
func explainedAfter(t *testing.T, repo *git.Repo, whole *series.Series, pin tree.ID, most int) verdict.Outcome {
	t.Helper()
	base, err := repo.At(t.Context(), pin)
	if err != nil {
		t.Fatal(err)
	}
	settings := Settings{Sources: applytest.Upstream{Repo: repo}, mostSearches: most}
	up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
	in := apply.Inputs{Base: base, Commit: pin, Sources: settings.Sources}
	q := Question{Series: whole, Settings: settings, Pin: pin}
	based, err := WithBases(t.Context(), up, q, in)
	if err != nil {
		t.Fatal(err)
	}
	result, err := Explain(t.Context(), up, based.Question, based.Result)
	if err != nil {
		t.Fatal(err)
	}
	return result.Outcomes[0]
}
