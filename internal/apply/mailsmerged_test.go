package apply_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// TestSeveralMailsMerged: where a mail of several has to be merged with what upstream changed since, those behind it
// rest on the merged file, as with git am -3; what another part of the same mail writes is never replaced.
func TestSeveralMailsMerged(t *testing.T) {
	repo, ids := gittest.Repo(t, "commit 1 Begin\ncommit 2 Drift\n"+
		"-- 1/a.txt --\nzero\none\ntwo\nthree\nfour\nfive\nsix\n-- 1/b.txt --\nb\n"+
		"-- 2/a.txt --\nZERO\none\ntwo\nthree\nfour\nfive\nsix\n")
	base, err := repo.At(t.Context(), ids["2"])
	if err != nil {
		t.Fatal(err)
	}
	id := func(text string) string { return string((&tree.File{Mode: tree.Regular, Data: []byte(text)}).ID()) }
	const old, edited = "zero\none\ntwo\nthree\nfour\nfive\nsix\n", "zero\none\n2\nthree\nfour\nfive\nsix\n"
	const merged = "ZERO\none\n2\nthree\nfour\nfive\nsix\n"
	index := "index " + id(old) + ".." + id(edited) + " 100644\n"
	const hunk = "@@ -1,5 +1,5 @@\n zero\n one\n-two\n+2\n three\n four\n"
	const last = "@@ -4,4 +4,4 @@\n three\n four\n five\n-six\n+6\n"
	var (
		edit     = "diff --git a/a.txt b/a.txt\n" + index + "--- a/a.txt\n+++ b/a.txt\n" + hunk
		move     = "diff --git a/a.txt b/m.txt\nsimilarity index 100%\nrename from a.txt\nrename to m.txt\n"
		back     = "diff --git a/m.txt b/a.txt\nsimilarity index 100%\nrename from m.txt\nrename to a.txt\n"
		editM    = "diff --git a/m.txt b/m.txt\n" + index + "--- a/m.txt\n+++ b/m.txt\n" + hunk
		copied   = "diff --git a/a.txt b/m.txt\nsimilarity index 100%\ncopy from a.txt\ncopy to m.txt\n"
		copyEdit = "diff --git a/a.txt b/m.txt\nsimilarity index 90%\ncopy from a.txt\ncopy to m.txt\n" + index +
			"--- a/a.txt\n+++ b/m.txt\n" + hunk
		moveEdit = "diff --git a/a.txt b/m.txt\nsimilarity index 90%\nrename from a.txt\nrename to m.txt\nindex " +
			id(edited) + ".." + id("zero\none\n2\nthree\nfour\nfive\n6\n") + " 100644\n--- a/a.txt\n+++ b/m.txt\n" + last
		remove = "diff --git a/b.txt b/b.txt\ndeleted file mode 100644\nindex " + id("b\n") + ".." +
			strings.Repeat("0", 40) + "\n--- a/b.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n"
		// Nothing shows the content of m.txt that it was made on.
		unknown = "diff --git a/m.txt b/m.txt\n--- a/m.txt\n+++ b/m.txt\n@@ -1,3 +1,3 @@\n 1\n-x\n+y\n 3\n"
		swap    = "diff --git a/a.txt b/b.txt\nsimilarity index 100%\nrename from a.txt\nrename to b.txt\n" +
			"diff --git a/b.txt b/a.txt\nsimilarity index 100%\nrename from b.txt\nrename to a.txt\n"
	)
	for name, test := range map[string]struct {
		mails []string
		want  map[string]string // nil: the patch has to fail
	}{
		"edit, then rename": {[]string{edit, move}, map[string]string{"m.txt": merged, "a.txt": ""}},
		"edit, then rename and edit": {[]string{edit, moveEdit},
			map[string]string{"m.txt": "ZERO\none\n2\nthree\nfour\nfive\n6\n"}},
		"edit, then copy":          {[]string{edit, copied}, map[string]string{"m.txt": merged, "a.txt": merged}},
		"rename, then edit":        {[]string{move, editM}, map[string]string{"m.txt": merged, "a.txt": ""}},
		"there and back":           {[]string{move, editM, back}, map[string]string{"a.txt": merged, "m.txt": ""}},
		"copy and edit":            {[]string{copyEdit}, map[string]string{"m.txt": merged, "a.txt": "ZERO" + old[4:]}},
		"remove, and edit another": {[]string{remove + edit}, map[string]string{"a.txt": merged, "b.txt": ""}},
		"swap":                     {[]string{swap}, map[string]string{"b.txt": "ZERO" + old[4:], "a.txt": "b\n"}},
		"swap, behind an edit":     {[]string{edit, swap}, map[string]string{"b.txt": merged, "a.txt": "b\n"}},
		"edit of what a later part of the mail makes":   {[]string{unknown + move}, nil},
		"edit that is unknown, behind a merged one":     {[]string{edit, move, unknown}, nil},
		"edit of a file that another is moved over now": {[]string{unknown, copyEdit}, nil},
	} {
		r := applyMails(t, base, ids["2"], test.mails)
		o := r.Outcomes[0]
		if test.want == nil {
			if !o.Verdict.Fails() || o.Verdict == verdict.Refused {
				t.Errorf("%s: %s %s, has to fail", name, o.Verdict, o.Message)
			}
			continue
		}
		if !o.Verdict.Applies() {
			t.Errorf("%s: %s %s", name, o.Verdict, o.Message)
			continue
		}
		hasFiles(t, name, r, test.want)
	}
}
