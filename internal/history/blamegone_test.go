package history

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// form is a file of an old patch: its limit, and how much of it upstream wrote anew.
func form(limit string, anew int) string {
	var b strings.Builder
	for i := range 40 {
		word := "line"
		if i < anew {
			word = "another text that was never here before"
		}
		if i == 30 {
			fmt.Fprintf(&b, "max = %s\n", limit)
		}
		fmt.Fprintf(&b, "%s %d\n", word, i)
	}
	return b.String()
}

// TestBlameOfOldPatches: a patch for an upstream of long ago fails since the commit that changed its lines, whatever
// became of the file before and afterwards; where the file went is said beside it. It is the same with the contents'
// ids and without, by the walk and by halves.
func TestBlameOfOldPatches(t *testing.T) {
	renamed := "-- 3.rm --\nform.js\n-- 3/form.jsx --\n" + form("500", 1)
	lines := "-- 5/form.jsx --\n" + form("tooLong", 1)
	tests := map[string]struct {
		history string
		by      int
		went    string // of form.js
		verdict verdict.Kind
	}{
		"its lines were changed, then it was deleted": {
			"-- 3/form.js --\n" + form("tooLong", 0) + "-- 5.rm --\nform.js\n", 3, "deleted by #5", verdict.Gone},
		"it was moved, then its lines were changed": {renamed + lines, 5, "", verdict.Conflict},
		"it was moved, its lines were changed, and it was written anew": {
			renamed + lines + "-- 7/form.jsx --\n" + form("tooLong", 38), 5, "form.jsx by #3", verdict.Gone},
		"it was moved, its lines were changed, and it was deleted": {
			renamed + lines + "-- 7.rm --\nform.jsx\n", 5, "deleted by #7", verdict.Gone},
		"it was moved and written anew, but for its lines": {
			renamed + "-- 6/form.jsx --\n" + form("500", 28), 6, "form.jsx by #3", verdict.Gone},
		"it was deleted":      {"-- 6.rm --\nform.js\n", 6, "deleted by #6", verdict.Gone},
		"it was only renamed": {renamed, 0, "", verdict.Merged},
		"another file of it was deleted, and then its lines were changed": {
			"-- 4.rm --\nother.rb\n-- 6/form.js --\n" + form("tooLong", 0), 4, "", verdict.Gone},
		"its lines were changed, and then another file of it was deleted": {
			"-- 4/form.js --\n" + form("tooLong", 0) + "-- 6.rm --\nother.rb\n", 4, "", verdict.Gone},
	}
	for name, test := range tests {
		text := "-- 1/form.js --\n" + form("500", 0) + "-- 1/other.rb --\nfirst\nMAX = 500\nlast\n" + test.history
		commits := ""
		for n := range 8 {
			commits += fmt.Sprintf("commit %d Commit (#%d)\n", n+1, n+1)
			text += fmt.Sprintf("-- %d/counter --\n%d\n", n+1, n+1)
		}
		repo, ids := gittest.Repo(t, commits+text)
		for _, most := range []int{0, -1} {
			for _, index := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%d/%v", name, most, index), func(t *testing.T) {
					whole := applytest.Load(t, fstest.MapFS{"limit.patch": {Data: []byte(oldPatch(index))}})
					o := explainedAfter(t, repo, whole, ids["8"], most)
					by := 0
					if o.By != nil {
						by = o.By.Pull
					}
					if o.Verdict != test.verdict || by != test.by {
						t.Errorf("%s by #%d, want %s by #%d: %s", o.Verdict, by, test.verdict, test.by, o.Message)
					}
					went := ""
					for _, w := range o.Went {
						if w.File == "form.js" && w.To == "" {
							went = fmt.Sprintf("deleted by #%d", w.By.Pull)
						} else if w.File == "form.js" {
							went = fmt.Sprintf("%s by #%d", w.To, w.By.Pull)
						}
					}
					if went != test.went {
						t.Errorf("form.js went: %q, want %q", went, test.went)
					}
					if test.went == "" && strings.Contains(o.Message, "form.js is gone") {
						t.Errorf("a file that is there is called gone: %s", o.Message)
					}
				})
			}
		}
	}
}

// oldPatch is a patch of two files as they were in the first commit, with the ids of their contents or without.
func oldPatch(index bool) string {
	var b strings.Builder
	for _, f := range []struct{ name, old, fresh, hunk string }{
		{"form.js", form("500", 0), form("900", 0), "@@ -30,3 +30,3 @@\n line 29\n-max = 500\n+max = 900\n line 30\n"},
		{"other.rb", "first\nMAX = 500\nlast\n", "first\nMAX = 900\nlast\n",
			"@@ -1,3 +1,3 @@\n first\n-MAX = 500\n+MAX = 900\n last\n"},
	} {
		if index {
			fmt.Fprintf(&b, "diff --git a/%s b/%s\nindex %s..%s 100644\n", f.name, f.name,
				tree.BlobID([]byte(f.old)).Short(), tree.BlobID([]byte(f.fresh)).Short())
		}
		fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n%s", f.name, f.name, f.hunk)
	}
	return b.String()
}
