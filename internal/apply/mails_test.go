package apply_test

import (
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// TestSeveralMails: in a patch file with several mails, later ones may rename, copy or replace files that earlier
// ones wrote; they are applied one after the other, as git am does.
func TestSeveralMails(t *testing.T) {
	repo, ids := gittest.Repo(t, "commit 1 Begin\n-- 1/a.txt --\none\ntwo\nthree\n-- 1/b.txt --\nb\n")
	base, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	const (
		edit   = "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
		moveAB = "diff --git a/a.txt b/m.txt\nsimilarity index 100%\nrename from a.txt\nrename to m.txt\n"
		moveBC = "diff --git a/m.txt b/n.txt\nsimilarity index 100%\nrename from m.txt\nrename to n.txt\n"
		create = "diff --git a/new.txt b/new.txt\nnew file mode 100644\n--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+new\n"
		gone   = "diff --git a/new.txt b/new.txt\ndeleted file mode 100644\n--- a/new.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n" +
			"-new\n"
		copied = "diff --git a/new.txt b/copy.txt\nsimilarity index 100%\ncopy from new.txt\ncopy to copy.txt\n"
		remove = "diff --git a/b.txt b/b.txt\ndeleted file mode 100644\n--- a/b.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n"
		again  = "diff --git a/b.txt b/b.txt\nnew file mode 100644\n--- /dev/null\n+++ b/b.txt\n@@ -0,0 +1 @@\n+B\n"
	)
	for name, test := range map[string]struct {
		mails []string
		want  map[string]string
	}{
		"edit, then rename": {[]string{edit, moveAB}, map[string]string{"m.txt": "one\n2\nthree\n", "a.txt": ""}},
		"two renames": {[]string{moveAB, moveBC}, map[string]string{"n.txt": "one\ntwo\nthree\n", "a.txt": "",
			"m.txt": ""}},
		"add, then copy":       {[]string{create, copied}, map[string]string{"new.txt": "new\n", "copy.txt": "new\n"}},
		"remove, then add":     {[]string{remove, again}, map[string]string{"b.txt": "B\n"}},
		"add, remove, edit":    {[]string{create, gone, edit}, map[string]string{"new.txt": "", "a.txt": "one\n2\nthree\n"}},
		"edit, and move twice": {[]string{edit, moveAB, moveBC}, map[string]string{"n.txt": "one\n2\nthree\n", "m.txt": ""}},
	} {
		r := applyMails(t, base, ids["1"], test.mails)
		if o := r.Outcomes[0]; o.Verdict != verdict.Clean {
			t.Errorf("%s: %s %s, want clean", name, o.Verdict, o.Message)
			continue
		}
		hasFiles(t, name, r, test.want)
	}
}

// applyMails applies mails as the one patch of a series.
func applyMails(t *testing.T, base *tree.Tree, commit tree.ID, mails []string) *verdict.Result {
	t.Helper()
	box := ""
	for _, m := range mails {
		box += "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n---\n" + m +
			"-- \n2.39.5\n\n"
	}
	s, err := series.Load([]series.Folder{{Name: "p", FS: fstest.MapFS{"x.patch": {Data: []byte(box)}}}})
	if err != nil {
		t.Fatalf("%q: %v", mails, err)
	}
	r, err := apply.Apply(t.Context(), s, apply.Inputs{Base: base, Commit: commit})
	if err != nil {
		t.Fatalf("%q: %v", mails, err)
	}
	return r
}

// hasFiles compares files of the patched tree with texts; "" is a file that has to be gone.
func hasFiles(t *testing.T, name string, r *verdict.Result, files map[string]string) {
	t.Helper()
	for file, want := range files {
		got, err := r.Tree.ReadFile(t.Context(), file)
		if (err == nil) != (want != "") || string(got.Data) != want {
			t.Errorf("%s: %s is %q (%v), want %q", name, file, got.Data, err, want)
		}
	}
}
