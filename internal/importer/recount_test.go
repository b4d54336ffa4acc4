package importer_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/patchform"
)

const (
	linesOfRecount = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n\nnine\nten\neleven\ntwelve\n-- \n" +
		"fourteen\nfifteen\nsixteen\n"
	sidesOfRecount = "--- a/f\n+++ b/f\n"
	mailOfRecount  = "From: A <a@localhost>\nSubject: x\nDate: Thu, 1 Jan 2026 10:00:00 +0000\n\n---\n"
)

// handEdited are patches whose lines somebody edited, so that the counts in a head are wrong.
var handEdited = map[string]string{
	"two lines more":      "@@ -1,7 +1,7 @@\n one\n two\n three\n-four\n+4\n+4a\n+4b\n five\n six\n seven\n",
	"a line less":         "@@ -1,7 +1,8 @@\n one\n two\n three\n-four\n+4\n five\n six\n seven\n",
	"a removed line more": "@@ -1,6 +1,6 @@\n one\n two\n three\n-four\n-five\n+4\n six\n seven\n",
	"a removed line less": "@@ -1,8 +1,6 @@\n one\n two\n three\n-four\n five\n six\n seven\n",
	"both more":           "@@ -1,3 +1,3 @@\n one\n-two\n-three\n+2\n+3\n+3a\n four\n five\n",
	"the first of two hunks": "@@ -1,7 +1,7 @@\n one\n two\n three\n-four\n+4\n+4a\n+4b\n five\n six\n seven\n" +
		"@@ -9,3 +9,3 @@\n nine\n-ten\n+10\n eleven\n",
	"the second of two hunks": "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n" +
		"@@ -9,3 +9,3 @@\n nine\n-ten\n+10\n+10a\n eleven\n twelve\n",
	"both hunks": "@@ -1,3 +1,3 @@\n one\n-two\n+2\n+2a\n three\n" +
		"@@ -9,3 +10,5 @@\n nine\n-ten\n+10\n eleven\n",
	"a line like a head": "@@ -1,3 +1,3 @@\n one\n-two\n+@@ -1,3 +1,3 @@\n+2\n three\n",
	"a line like a side": "@@ -1,3 +1,3 @@\n one\n-two\n+++ b/f\n+2\n three\n",
	"a removed line of dashes": "@@ -11,5 +11,5 @@\n eleven\n twelve\n--- \n+13\n+13a\n+13b\n fourteen\n" +
		" fifteen\n sixteen\n",
	"a signature's look":     "@@ -11,3 +11,4 @@\n eleven\n-twelve\n+12\n+12a\n+12b\n -- \n fourteen\n",
	"an empty context line":  "@@ -6,5 +6,5 @@\n six\n-seven\n+7\n+7a\n\n nine\n ten\n",
	"a bare count":           "@@ -2 +2 @@\n one\n-two\n+2\n+2a\n three\n",
	"at the end of the file": "@@ -14,3 +14,3 @@\n fourteen\n-fifteen\n+15\n+15a\n sixteen\n",
	"no line feed at the end": "@@ -14,3 +14,3 @@\n fourteen\n-fifteen\n+15\n+15a\n-sixteen\n+16\n" +
		"\\ No newline at end of file\n",
}

// TestRecount reads hunks that were edited by hand as git apply --recount does, or refuses them. The same patch in a
// mail with a signature, with git's own head and without one makes the same tree.
func TestRecount(t *testing.T) {
	w := newWork(t, 1)
	w.write("f", linesOfRecount)
	w.write("g", "one\ntwo\nthree\n")
	w.commit("2026-01-02T10:00:00+0100", "Lines")
	base := w.at(strings.TrimSpace(w.git("rev-parse", "HEAD")))
	for name, hunks := range handEdited {
		t.Run(name, func(t *testing.T) {
			plain := sidesOfRecount + hunks
			headed := "diff --git a/f b/f\n" + plain
			second := headed + "diff --git a/g b/g\n--- a/g\n+++ b/g\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
			file := filepath.Join(t.TempDir(), "x.patch")
			for form, patch := range map[string][2]string{"plain": {plain, plain}, "headed": {headed, headed},
				"two files": {second, second}, "signed": {headed, mailOfRecount + headed + "-- \n2.39.5\n\n"}} {
				if err := os.WriteFile(file, []byte(patch[0]), 0o600); err != nil {
					t.Fatal(err)
				}
				w.git("read-tree", "HEAD")
				cmd := exec.CommandContext(t.Context(), "git", "apply", "--cached", "--recount", file)
				cmd.Dir = w.dir
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s: git apply --recount: %v\n%s", form, err, out)
				}
				want := strings.TrimSpace(w.git("write-tree"))
				in, err := importer.Source{Upstream: patchform.Of(base)}.Mailbox(t.Context(), "x.patch", []byte(patch[1]))
				if err != nil {
					t.Fatalf("%s: %v", form, err)
				}
				if len(in.Left) > 0 {
					t.Errorf("%s: left out: %v", form, in.Left[0].Why)
					continue
				}
				if got := made(t, base, in.Changes); got != want {
					t.Errorf("%s: makes %s, by git %s; notes: %q", form, got, want, in.Notes)
				}
				if !strings.Contains(strings.Join(in.Notes, "\n"), "anew: its head says") {
					t.Errorf("%s: no note says that lines were counted: %q", form, in.Notes)
				}
			}
		})
	}
}
