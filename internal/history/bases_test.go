package history_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/verdict"
)

// shifting is an upstream that edits around a line, moves the file, and then changes the line in another commit.
const shifting = `commit 1 Begin (#1)
commit 2 Alter the line above (#2)
commit 3 Move the file, alter the line below (#3)
commit 4 Alter the size (#4)
-- 1/near.rb --
one
two
three
SIZE = 4
five
six
seven
-- 1/far.rb --
alpha
SIZE = 4
omega
-- 2/near.rb --
ONE
two
three
SIZE = 4
five
six
seven
-- 3.rm --
near.rb
-- 3/lib/near.rb --
ONE
two
three
SIZE = 4
five
six
SEVEN
-- 4/far.rb --
alpha
SIZE = 5
omega
`

// sized is a patch of one file.
func sized(file, hunk string) string {
	return "diff --git a/" + file + " b/" + file + "\n--- a/" + file + "\n+++ b/" + file + hunk
}

// TestBases: for a patch whose base nothing names, the newest state at which it applies is found; then it merges, or
// its conflict has three sides.
func TestBases(t *testing.T) {
	near := "\n@@ -1,7 +1,7 @@\n one\n two\n three\n-SIZE = 4\n+SIZE = 8\n five\n six\n seven\n"
	far := "\n@@ -1,3 +1,3 @@\n alpha\n-SIZE = 4\n+SIZE = 8\n omega\n"
	on := "\n@@ -1,7 +1,7 @@\n one\n two\n three\n-SIZE = 8\n+SIZE = 9\n five\n six\n seven\n"
	other := "\n@@ -1,7 +1,7 @@\n one\n-two\n+TWO\n three\n SIZE = 4\n five\n six\n seven\n"
	repo, ids := gittest.Repo(t, shifting)
	blob, err := repo.Run(t.Context(), "rev-parse", string(ids["1"])+":far.rb")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Replace(sized("far.rb", far), "--- a", "index "+strings.TrimSpace(string(blob))+
		"..9876543210987654321098765432109876543210 100644\n--- a", 1)
	for name, c := range map[string]struct {
		patches []string
		want    []string // verdict and the commit of the base
	}{
		"context that upstream altered": {[]string{sized("near.rb", near)}, []string{"merged 1"}},
		"a line that upstream altered":  {[]string{sized("far.rb", far)}, []string{"conflict 3"}},
		"an id that upstream lacks": {
			[]string{strings.Replace(sized("far.rb", far), "--- a", "index 0123456789..9876543210 100644\n--- a", 1)},
			[]string{"conflict 3"},
		},
		"on an earlier change": {[]string{sized("near.rb", near), sized("near.rb", on)}, []string{"merged 1", "merged 1"}},
		"behind one that fails, whose base is known": {[]string{known + sized("near.rb", other), sized("near.rb", near)},
			[]string{"conflict 1", "merged 1"}},
		"behind one that fails": {[]string{sized("far.rb", far) + sized("near.rb", other), sized("near.rb", near)},
			[]string{"conflict 1", "merged 1"}},
		"behind two that fail": {[]string{known + sized("near.rb", other), sized("far.rb", far) + sized("near.rb", other),
			sized("near.rb", near)}, []string{"conflict 1", "conflict 1", "merged 1"}},
		"on one that fails": {[]string{sized("far.rb", far) + sized("near.rb", near), sized("near.rb", on)},
			[]string{"conflict 1", "blocked 1"}},
		"two files":       {[]string{sized("near.rb", near) + sized("far.rb", far)}, []string{"conflict 1"}},
		"no state at all": {[]string{strings.Replace(sized("far.rb", far), "alpha", "beta", 1)}, []string{"conflict "}},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{}
			for i, p := range c.patches {
				files[string(rune('a'+i))+".patch"] = &fstest.MapFile{Data: []byte(p)}
			}
			whole := applytest.Load(t, files)
			up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
			settings := history.Settings{Sources: applytest.Upstream{Repo: repo}}
			base, err := repo.At(t.Context(), ids["4"])
			if err != nil {
				t.Fatal(err)
			}
			in := apply.Inputs{Base: base, Commit: ids["4"], Sources: settings.Sources}
			question := history.Question{Series: whole, Settings: settings, Pin: ids["4"]}
			judge := func(in apply.Inputs) *verdict.Result {
				based, err := history.WithBases(t.Context(), up, question, in)
				if err != nil {
					t.Fatal(err)
				}
				return based.Result
			}
			result := judge(in)
			for i, o := range result.Outcomes {
				number := ""
				for n, id := range ids {
					if o.Base == id {
						number = n
					}
				}
				if got := string(o.Verdict) + " " + number; got != c.want[i] {
					t.Errorf("%s: %s, want %s (%s)", o.Change.Name, got, c.want[i], o.Message)
				}
				if o.Verdict == verdict.Conflict && number != "" && len(o.Unmerged) == 0 {
					t.Errorf("%s: a conflict with a base shows no sides", o.Change.Name)
				}
			}
			// With the base in the lock, the result is the same without a search, and the next lock has it too. Behind a
			// change that fails it is searched for again.
			lock, err := result.Lock(t.Context(), in.Commit, nil)
			if err != nil {
				t.Fatal(err)
			}
			in.Lock = lock
			again, err := apply.Apply(t.Context(), whole, in)
			if strings.HasPrefix(name, "behind") {
				again, err = judge(in), nil
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, o := range again.Outcomes {
				if o.Verdict != result.Outcomes[i].Verdict || len(o.Unmerged) != len(result.Outcomes[i].Unmerged) {
					t.Errorf("%s: with the lock %s (%s), without %s",
						o.Change.Name, o.Verdict, o.Message, result.Outcomes[i].Verdict)
				}
			}
			next, err := again.Lock(t.Context(), in.Commit, lock)
			if err != nil {
				t.Fatal(err)
			}
			if string(next.Format()) != string(lock.Format()) {
				t.Errorf("the next lock is\n%s, was\n%s", next.Format(), lock.Format())
			}
		})
	}
}
