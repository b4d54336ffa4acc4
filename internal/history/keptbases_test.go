package history

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
)

// expanding are sources that know what some digits stand for.
type expanding struct {
	applytest.Upstream
	known map[string]tree.ID
}

func (e expanding) Expand(_ context.Context, _, digits string) (tree.ID, error) {
	if id := e.known[digits]; id != "" {
		return id, nil
	}
	return "", fs.ErrNotExist
}

// reworked is an upstream that alters the line that patches alter, after others around it.
const reworked = `commit 1 Begin
commit 2 Alter the first line
commit 3 Alter the size
-- 1/a.rb --
one
SIZE = 4
three
-- 1/b.rb --
alpha
SIZE = 4
omega
-- 2/a.rb --
ONE
SIZE = 4
three
-- 3/b.rb --
alpha
SIZE = 5
omega
`

// resized is a patch of one file; index is its line with ids.
func resized(file, first, index, last string) string {
	return "diff --git a/" + file + " b/" + file + "\n" + index + "--- a/" + file + "\n+++ b/" + file +
		"\n@@ -1,3 +1,3 @@\n " + first + "\n-SIZE = 4\n+SIZE = 8\n " + last + "\n"
}

// answerOf is what history says of a series, and how many of the states that it judged or found were judged.
func answerOf(t *testing.T, repo *git.Repo, cache string, whole *series.Series, in apply.Inputs) (string, int) {
	t.Helper()
	up := mainline.Upstream{Repo: repo, Cache: cache}
	r := newReader(up, in.Commit)
	q := Question{Series: whole, Settings: Settings{Sources: in.Sources, Lock: in.Lock, reader: r}, Pin: in.Commit}
	based, err := WithBases(t.Context(), up, q, in)
	if err != nil {
		t.Fatal(err)
	}
	judged := len(r.trees.used)
	result, err := Explain(t.Context(), up, based.Question, based.Result)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, o := range result.Outcomes {
		fmt.Fprintln(&b, o.Change.Name, o.Verdict, o.Base, o.By, o.Message, len(o.Unmerged))
	}
	return b.String(), judged
}

// TestKeptBases: a second run takes the bases that the first one found, and looks at no old state. With other inputs,
// other answers of the sources or a damaged file it finds them anew. The answer is always that without a cache.
func TestKeptBases(t *testing.T) {
	repo, ids := gittest.Repo(t, reworked)
	blob, err := repo.Run(t.Context(), "rev-parse", string(ids["1"])+":b.rb")
	if err != nil {
		t.Fatal(err)
	}
	index := "index 0123456789..9876543210 100644\n"
	whole := applytest.Load(t, fstest.MapFS{
		"a.patch": {Data: []byte(resized("a.rb", "one", "", "three"))},
		"b.patch": {Data: []byte(resized("b.rb", "alpha", index, "omega"))},
		"c.patch": {Data: []byte(resized("a.rb", "nothing", "", "of it"))},
	})
	pinned := func(name string, sources apply.Sources) apply.Inputs {
		base, err := repo.At(t.Context(), ids[name])
		if err != nil {
			t.Fatal(err)
		}
		return apply.Inputs{Base: base, Commit: ids[name], Sources: sources}
	}
	plain := applytest.Upstream{Repo: repo}
	unknown := expanding{plain, nil}
	known := expanding{plain, map[string]tree.ID{"0123456789": tree.ID(strings.TrimSpace(string(blob)))}}
	gone := expanding{plain, map[string]tree.ID{"0123456789": tree.ID(strings.Repeat("9", 40))}}
	left := pinned("3", unknown)
	left.Without = []string{"a"}
	fewer := &series.Series{Resolutions: whole.Resolutions, Changes: whole.Changes[:2]}
	for name, c := range map[string]struct {
		first, then   apply.Inputs
		series        *series.Series // of the second run
		damage, again bool           // again: it looks at old states again
	}{
		"the same":                     {first: pinned("3", unknown), then: pinned("3", unknown)},
		"sources that expand nothing":  {first: pinned("3", plain), then: pinned("3", plain)},
		"another pin":                  {first: pinned("2", unknown), then: pinned("3", unknown), again: true},
		"a content that is known now":  {first: pinned("3", unknown), then: pinned("3", known), again: true},
		"a content that was known":     {first: pinned("3", known), then: pinned("3", unknown), again: true},
		"a content that is not stored": {first: pinned("3", gone), then: pinned("3", gone), again: true},
		"a change left out":            {first: pinned("3", unknown), then: left, again: true},
		"a change fewer":               {first: pinned("3", unknown), then: pinned("3", unknown), series: fewer, again: true},
		"a damaged file":               {first: pinned("3", unknown), then: pinned("3", unknown), damage: true, again: true},
	} {
		t.Run(name, func(t *testing.T) {
			second := whole
			if c.series != nil {
				second = c.series
			}
			want, _ := answerOf(t, repo, "", second, c.then)
			cache := t.TempDir()
			if _, judged := answerOf(t, repo, cache, whole, c.first); judged == 0 {
				t.Error("the first run looks at no old state")
			}
			files, err := filepath.Glob(filepath.Join(cache, verdictsPrefix+"bases-*"))
			if err != nil || len(files) > 1 || len(files) == 0 != (name == "a content that is not stored") {
				t.Error(files, err)
			}
			if c.damage {
				if err := os.WriteFile(files[0], []byte("{}"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, judged := answerOf(t, repo, cache, second, c.then)
			if got != want || judged > 0 != c.again {
				t.Errorf("%d old states, with a cache\n%s\nwithout\n%s", judged, got, want)
			}
		})
	}
}
