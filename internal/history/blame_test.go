package history_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// worn is an upstream that removes a line, and edits the same file afterwards.
const worn = `commit 1 Begin (#1)
commit 2 Take the size away (#2)
commit 3 Go on elsewhere in the file (#3)
commit 4 Go on once more (#4)
-- 1/field.rb --
first
SIZE = 4
last
-- 2/field.rb --
first
last
-- 3/field.rb --
first
last
more
-- 4/field.rb --
first
last
more
and more
`

// blamedPatch is a patch of field.rb that replaces one line.
func blamedPatch(head, old, fresh string) []byte {
	return []byte(head + "diff --git a/field.rb b/field.rb\n--- a/field.rb\n+++ b/field.rb\n@@ -1,3 +1,3 @@\n first\n-" +
		old + "\n+" + fresh + "\n last\n")
}

// mailed returns that patch as a mail with a date.
func mailed(date, old, fresh string) []byte {
	return blamedPatch("From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\n"+
		"Date: "+date+"\nSubject: [PATCH] Eight\n\n---\n\n", old, fresh)
}

// TestBlameOfMail: a mail's date is not used as a base: the commit that broke a patch is the same with and without a
// date, however late it is. A patch that applies at no state names no commit.
func TestBlameOfMail(t *testing.T) {
	const never = "upstream's states were tried back to 2026-01-05"
	repo, ids := gittest.Repo(t, worn)
	for name, c := range map[string]struct {
		patch []byte
		by    int
		says  string
	}{
		"a plain diff":                {blamedPatch("", "SIZE = 4", "SIZE = 8"), 2, ""},
		"a mail of long before":       {mailed("Thu, 1 Aug 2019 10:00:00 +0000", "SIZE = 4", "SIZE = 8"), 2, ""},
		"a mail of the same day":      {mailed("Mon, 5 Jan 2026 12:30:00 +0000", "SIZE = 4", "SIZE = 8"), 2, ""},
		"a mail of months later":      {mailed("Sat, 1 Aug 2026 10:00:00 +0000", "SIZE = 4", "SIZE = 8"), 2, ""},
		"a diff that never fitted":    {blamedPatch("", "SIZE = 5", "SIZE = 8"), 0, never},
		"a mail whose diff never did": {mailed("Sat, 1 Aug 2026 10:00:00 +0000", "SIZE = 5", "SIZE = 8"), 0, never},
		"a diff of a file never there": {
			[]byte(strings.ReplaceAll(string(blamedPatch("", "a", "b")), "field.rb", "none.rb")), 0, never,
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole := applytest.Load(t, fstest.MapFS{"eight.patch": {Data: c.patch}})
			o := explainedFirst(t, mainline.Upstream{Repo: repo, Cache: t.TempDir()}, whole, ids["4"])
			if !o.Verdict.Fails() {
				t.Fatalf("%s, want it to fail", o.Verdict)
			}
			by := 0
			if o.By != nil {
				by = o.By.Pull
			}
			said := strings.Contains(o.Message, "no state")
			if by != c.by || !strings.Contains(o.Message, c.says) || c.says == "" && said {
				t.Errorf("by #%d with %q, want #%d and %q", by, o.Message, c.by, c.says)
			}
		})
	}
}

// explainedFirst returns the first change's outcome at a commit, explained.
func explainedFirst(t *testing.T, up mainline.Upstream, whole *series.Series, at tree.ID) verdict.Outcome {
	t.Helper()
	base, err := up.Repo.At(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	settings := history.Settings{Sources: applytest.Upstream{Repo: up.Repo}}
	in := apply.Inputs{Base: base, Commit: at, Sources: settings.Sources}
	result, err := apply.Apply(t.Context(), whole, in)
	if err != nil {
		t.Fatal(err)
	}
	work, err := landed.WorkOf(t.Context(), up, whole, in)
	if err != nil {
		t.Fatal(err)
	}
	question := history.Question{Series: whole, Settings: settings, Work: work, Pin: at}
	if result, err = history.Explain(t.Context(), up, question, result); err != nil {
		t.Fatal(err)
	}
	return result.Outcomes[0]
}
