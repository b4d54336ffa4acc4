package history_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// fates is an upstream that breaks, heals, moves, deletes and merges what the series below changes.
const fates = `commit 1 Begin (#1)
commit 2 Raise the limit (#2)
commit 3 Other work (#3)
commit 4 Lower the limit (#4)
commit 5 Raise it again (#5)
commit 6 Take the option in, and more (#6)
commit 7 Move the theme (#7)
commit 8 Go on with the option's file (#8)
commit 9 Drop the old file (#9)
commit 10 Write the icon anew (#10)
commit 11 The end (#11)
-- 1/limit.rb --
MAX = 500
-- 1/option.rb --
first = 1
second = 2
third = 3
-- 1/theme.css --
body { color: black }
a { color: blue }
p { margin: 0 }
h1 { margin: 1em }
-- 1/old.rb --
old = true
-- 1/icon.svg --
<svg>1</svg>
-- 2/limit.rb --
MAX = 600
-- 3/other.rb --
other
-- 4/limit.rb --
MAX = 500
-- 5/limit.rb --
MAX = 700
-- 6/option.rb --
first = 1
option = true
second = 2
third = 3
-- 6/other.rb --
more
-- 7.rm --
theme.css
-- 7/styles/theme.css --
body { color: black }
a { color: blue }
p { margin: 0 }
h1 { margin: 1em }
-- 8/option.rb --
first = 1
option = true
second = 2
third = 3
fourth = 4
-- 9.rm --
old.rb
-- 10/icon.svg --
<svg>2</svg>
-- 11/last.rb --
the end
`

var changes = fstest.MapFS{
	"series.toml": {Data: []byte(`
[[change]]
name = "limit"
why = "More."
edit = [{ file = "limit.rb", find = "MAX = 500", replace = "MAX = 512" }]

[[change]]
name = "option"
why = "An option."
patch = "option.patch"

[[change]]
name = "theme"
why = "Another colour."
edit = [{ file = "theme.css", find = "color: blue", replace = "color: red" }]

[[change]]
name = "old"
why = "New."
patch = "old.patch"

[[change]]
name = "fine"
why = "It always applies."
edit = [{ file = "option.rb", find = "third = 3", replace = "third = 33" }]

[[change]]
name = "icon"
why = "Ours."
overlay = "icon"
over = { "icon.svg" = "c118b44cd89ae7920006c85c46e839453f3b20957d5129ba4627b80b35d9efd2" }
`)},
	"option.patch": {Data: []byte(`diff --git a/option.rb b/option.rb
--- a/option.rb
+++ b/option.rb
@@ -1,3 +1,4 @@
 first = 1
+option = true
 second = 2
 third = 3
`)},
	"old.patch": {Data: []byte(`diff --git a/old.rb b/old.rb
--- a/old.rb
+++ b/old.rb
@@ -1 +1 @@
-old = true
+old = false
`)},
	"overlays/icon/icon.svg": {Data: []byte("<svg>ours</svg>\n")},
}

// TestExplain: for each verdict the commit that caused it, with an empty cache, with a full one, and with a range
// that was read before.
func TestExplain(t *testing.T) {
	repo, ids := gittest.Repo(t, fates)
	up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
	whole := applytest.Load(t, changes)
	settings := history.Settings{Sources: applytest.Upstream{Repo: repo}}
	const want = `limit count #5
option landed #6
theme gone #7
old gone #9
fine clean
icon stale #10
`
	for _, run := range []string{"cold", "warm"} {
		base, err := repo.At(t.Context(), ids["11"])
		if err != nil {
			t.Fatal(err)
		}
		result, err := apply.Apply(t.Context(), whole, apply.Inputs{Base: base, Commit: ids["11"], Sources: settings.Sources})
		if err != nil {
			t.Fatal(err)
		}
		result, err = history.Explain(t.Context(), up, history.Question{Series: whole, Settings: settings, Pin: ids["11"]},
			result)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, o := range result.Outcomes {
			fmt.Fprintf(&got, "%s %s", o.Change.Name, o.Verdict)
			if o.By != nil {
				fmt.Fprintf(&got, " #%d", o.By.Pull)
			}
			got.WriteByte('\n')
		}
		if got.String() != want {
			t.Errorf("%s: got\n%swant\n%s", run, got.String(), want)
		}
	}
}

// TestWalkSeries: the verdicts over states equal the verdicts commit by commit.
func TestWalkSeries(t *testing.T) {
	repo, ids := gittest.Repo(t, fates)
	up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
	whole := applytest.Load(t, changes)
	line, err := up.Read(t.Context(), "", ids["11"])
	if err != nil {
		t.Fatal(err)
	}
	judge, err := history.NewJudge(t.Context(), whole, history.Settings{Sources: applytest.Upstream{Repo: repo}})
	if err != nil {
		t.Fatal(err)
	}
	course, err := history.Walk(t.Context(), up, judge, history.Range{Line: line})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range line {
		result,
			err := apply.Apply(t.Context(), whole,
			apply.Inputs{Base: tree.At(repo, c.Tree), Commit: c.ID, Sources: applytest.Upstream{Repo: repo}})
		if err != nil {
			t.Fatal(err)
		}
		for n, o := range result.Outcomes {
			if got := course.Timelines[n].VerdictAt(i); got != o.Verdict {
				t.Errorf("%s at %q: the walk says %s, the commit itself %s", o.Change.Name, c.Subject, got, o.Verdict)
			}
		}
	}
	const want = `limit clean 1
limit count 2 #2
limit clean 1 #4
limit count 7 #5
option clean 5
option landed 6 #6
theme clean 6
theme gone 5 #7
old clean 8
old gone 3 #9
fine clean 11
icon clean 9
icon stale 2 #10
`
	if got := spans(course); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
