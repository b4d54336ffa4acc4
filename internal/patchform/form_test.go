package patchform_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/patchform"
)

const upstreamOfForms = `commit 1 Begin
-- 1/app/limits/length.rb --
# a limit

class Length
  MAX = 500
  MARGIN = 23
  WORD = 'x' * 23

  def check
  end
end
-- 1/app/limits/poll.rb --
one
two
-- 1/docs/README.md --
one
two
three
-- 1/README.md --
one
two
three
`

const hunkOfForms = `@@ -1,7 +1,7 @@
 # a limit
 
 class Length
-  MAX = 500
+  MAX = 5000
   MARGIN = 23
   WORD = 'x' * 23
 
`

const plainForm = "diff --git a/app/limits/length.rb b/app/limits/length.rb\n--- a/app/limits/length.rb\n" +
	"+++ b/app/limits/length.rb\n" + hunkOfForms

// sides is a patch with these names and no line of git's above them.
func sides(old, fresh string) string { return "--- " + old + "\n+++ " + fresh + "\n" + hunkOfForms }

func coloured(patch string) string {
	var b strings.Builder
	for line := range strings.Lines(patch) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "diff"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			line = "\x1b[1m" + line + "\x1b[m"
		case line != "" && line[0] == '+':
			line = "\x1b[32m+\x1b[m\x1b[32m" + line[1:] + "\x1b[m"
		case line != "" && line[0] == '-':
			line = "\x1b[31m" + line + "\x1b[m"
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

const headOfForms = "From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\nFrom: A <a@localhost>\n" +
	"Subject: [PATCH] Raise\n"

var understood = map[string]string{
	"counts too small":  strings.Replace(plainForm, "-1,7 +1,7", "-1,5 +1,5", 1),
	"counts of another": strings.Replace(plainForm, "-1,7 +1,7", "-1,6 +1,9", 1) + "-- \n2.39.5\n",
	"plain":             plainForm,
	"mnemonic":          strings.NewReplacer("a/app", "i/app", "b/app", "w/app").Replace(plainForm),
	"no prefix":         strings.NewReplacer("a/app", "app", "b/app", "app").Replace(plainForm),
	"-p0":               sides("app/limits/length.rb", "app/limits/length.rb"),
	"backup":            sides("app/limits/length.rb.orig\t2024-01-01 00:00:00 UTC", "app/limits/length.rb"),
	"backup after":      sides("a/app/limits/length.rb", "b/app/limits/length.rb.new"),
	"two folders":       sides("live/app/limits/length.rb", "live.new/app/limits/length.rb"),
	"quilt": "Index: m/app/limits/length.rb\n=====\n" + sides("m.orig/app/limits/length.rb\t2024-01-01",
		"m/app/limits/length.rb\t2024-01-02"),
	"absolute":          sides("/opt/m/app/limits/length.rb", "/opt/m/app/limits/length.rb"),
	"absolute in git":   strings.NewReplacer("a/app", "a/opt/m/app", "b/app", "b/opt/m/app").Replace(plainForm),
	"deep":              sides("home/me/m/app/limits/length.rb", "home/me/m/app/limits/length.rb"),
	"dots":              sides("../m/app/limits/length.rb", "../m/app/limits/length.rb"),
	"CRLF":              strings.ReplaceAll(plainForm, "\n", "\r\n"),
	"byte order mark":   "\xef\xbb\xbf" + plainForm,
	"colours":           coloured(plainForm),
	"blank end":         strings.TrimSuffix(plainForm, " \n"),
	"blank end, signed": headOfForms + "\n---\n" + strings.TrimSuffix(plainForm, " \n") + "-- \n2.39.5\n",
	"quoted-printable": headOfForms + "Content-Transfer-Encoding: quoted-printable\n\n---\n" +
		strings.ReplaceAll(plainForm, "=", "=3D"),
	"base64": headOfForms + "Content-Transfer-Encoding: base64\n\n" +
		base64.StdEncoding.EncodeToString([]byte("---\n"+plainForm)) + "\n",
	"only in": "Only in m: new.rb\ndiff -ru m.orig/app m/app\n" + sides("m.orig/app/limits/length.rb",
		"m/app/limits/length.rb"),
	"UTF-16": "\xff\xfe" + strings.Join(strings.Split(plainForm, ""), "\x00") + "\x00",
	"lore": strings.Replace(headOfForms, strings.Repeat("1", 40)+" Mon Sep 17", "mboxrd@z Thu Jan  1", 1) +
		"\n---\n" + plainForm,
	"Thunderbird": strings.Replace(headOfForms, strings.Repeat("1", 40)+" Mon Sep 17", "- Thu Nov 26", 1) + "\n---\n" +
		plainForm,
	"time behind blanks": sides("m.orig/app/limits/length.rb   2024-01-01 10:00:00.000000000 +0100",
		"m/app/limits/length.rb 2024-01-02 10:00:00"),
	"ctime behind a blank": sides("a/app/limits/length.rb Mon Jan  1 10:00:00 2024",
		"b/app/limits/length.rb Tue Jan 2 10:00:00 2024 +0000"),
	"Subversion, blanks": "Index: app/limits/length.rb\n=====\n" + sides("app/limits/length.rb    (revision 5)",
		"app/limits/length.rb    (working copy)"),
	"git log --abbrev-commit": "commit 1111111\nAuthor: A <a@localhost>\nDate:   Mon Jan 1 10:00:00 2024 +0100\n\n" +
		"    Raise\n\n" + plainForm,
	"git log --graph": "* commit 1111111111111111111111111111111111111111\n| Author: A <a@localhost>\n| \n" +
		"|     Raise\n| \n| " +
		strings.TrimSuffix(strings.ReplaceAll(plainForm, "\n", "\n| "), "| "),
	"git log --graph, the first commit": "* commit 1111111 (HEAD)\n  Author: A <a@localhost>\n  \n      Raise\n  \n  " +
		strings.TrimSuffix(strings.ReplaceAll(plainForm, "\n", "\n  "), "  "),
	"git log --graph --color": "* \x1b[33mcommit 1111111\x1b[m\n\x1b[31m|\x1b[m Author: A <a@localhost>\n" +
		"\x1b[31m|\x1b[m \n\x1b[31m|\x1b[m     Raise\n\x1b[31m|\x1b[m \n\x1b[31m|\x1b[m " +
		strings.TrimSuffix(strings.ReplaceAll(coloured(plainForm), "\n", "\n\x1b[31m|\x1b[m "), "\x1b[31m|\x1b[m "),
	"Subversion": "Index: app/limits/length.rb\n=====\n" + sides("app/limits/length.rb\t(revision 5)",
		"app/limits/length.rb\t(working copy)"),
}

func TestUnderstood(t *testing.T) {
	repo, ids := gittest.Repo(t, upstreamOfForms)
	at, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	before, err := at.ReadFile(t.Context(), "app/limits/length.rb")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(string(before.Data), "500", "5000", 1)
	for name, patch := range understood {
		t.Run(name, func(t *testing.T) {
			read, err := patchform.Read(t.Context(), patchform.Patch{Data: []byte(patch), Strip: 1}, patchform.Of(at))
			if err != nil {
				t.Fatal(err)
			}
			files, err := diff.Parse(read.Data)
			if err != nil {
				t.Fatalf("%v in:\n%s", err, read.Data)
			}
			if len(files) != 1 || files[0].Name() != "app/limits/length.rb" {
				t.Fatalf("changes %q, want app/limits/length.rb", files[0].Name())
			}
			got, _, err := files[0].Apply(before.Data)
			if err != nil || string(got) != want {
				t.Errorf("%v:\n%s", err, got)
			}
			mended := len(read.Notes) > 0
			if quiet := name == "plain" || name == "mnemonic" || name == "no prefix"; quiet && mended {
				t.Errorf("notes of a form that git writes: %q", read.Notes)
			}
		})
	}
}

// TestNewFiles: the path of a file that a patch adds is read with the prefixes that git wrote, or with upstream's
// folders; where neither shows anything, a note says how it is read.
func TestNewFiles(t *testing.T) {
	repo, ids := gittest.Repo(t, upstreamOfForms)
	at, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	const hunk = "@@ -0,0 +1 @@\n+new\n"
	git := func(old, fresh string) string {
		return "diff --git " + old + " " + fresh + "\nnew file mode 100644\n--- /dev/null\n+++ " + fresh + "\n" + hunk
	}
	plain := func(name string) string { return "--- /dev/null\t1970-01-01\n+++ " + name + "\n" + hunk }
	for _, test := range []struct {
		patch, want string
		noted       bool
	}{
		{git("a/ours/deep/x.rb", "b/ours/deep/x.rb"), "ours/deep/x.rb", false},
		{git("app/ours/deep/x.rb", "app/ours/deep/x.rb"), "app/ours/deep/x.rb", false},
		{git("ours/deep/x.rb", "ours/deep/x.rb"), "ours/deep/x.rb", false},
		{git("b/x.rb", "b/x.rb"), "b/x.rb", false},
		{git("x.rb", "x.rb"), "x.rb", false},
		{git("w/ours/x.rb", "w/ours/x.rb") + git("app/x.rb", "app/x.rb"), "w/ours/x.rb", false},
		{git("i/ours/x.rb", "w/ours/x.rb"), "ours/x.rb", false},
		{"diff --git app/new/x app/new/x\nnew file mode 100644\nindex 0000000..e69de29\n", "app/new/x", false},
		{plain("m/app/ours/deep/x.rb"), "app/ours/deep/x.rb", true},
		{plain("app/ours/deep/x.rb"), "app/ours/deep/x.rb", true},
		{plain("srv/m/app/limits/ours/x.rb"), "app/limits/ours/x.rb", true},
		{plain("b/ours/x.rb"), "ours/x.rb", false},
		{plain("ours/x.rb"), "x.rb", true},
		{"--- /dev/null 2024-01-01 10:00:00\n+++ b/ours/x.rb 2024-01-01 10:00:00\n" + hunk, "ours/x.rb", false},
	} {
		read, err := patchform.Read(t.Context(), patchform.Patch{Data: []byte(test.patch), Strip: 1}, patchform.Of(at))
		if err != nil {
			t.Errorf("%v in:\n%s", err, test.patch)
			continue
		}
		files, err := diff.Parse(read.Data)
		if err != nil {
			t.Errorf("%v in:\n%s", err, read.Data)
			continue
		}
		if files[0].NewName != test.want || !files[0].New || (len(read.Notes) > 0) != test.noted {
			t.Errorf("adds %s, want %s; notes %q\n%s", files[0].NewName, test.want, read.Notes, test.patch)
		}
	}
}

// TestReturnsBehindReturns: where a file has CRLF upstream, and what brought the patch wrote CRLF behind that, the
// file's own stay.
func TestReturnsBehindReturns(t *testing.T) {
	repo, ids := gittest.Repo(t, "commit 1 Begin\n-- 1/f --\none\r\ntwo\r\n")
	at, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	patch := "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n one\r\n-two\r\n+2\r\n"
	for name, data := range map[string]string{
		"the file's":  patch,
		"both":        strings.ReplaceAll(patch, "\n", "\r\n"),
		"CRLF of all": strings.ReplaceAll(strings.ReplaceAll(patch, "\r", ""), "\n", "\r\n"),
	} {
		read, err := patchform.Read(t.Context(), patchform.Patch{Data: []byte(data), Strip: 1}, patchform.Of(at))
		if err != nil {
			t.Fatal(err)
		}
		files, err := diff.Parse(read.Data)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := files[0].Apply([]byte("one\r\ntwo\r\n")); err != nil || string(got) != "one\r\n2\r\n" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestTwoReadings(t *testing.T) {
	repo, ids := gittest.Repo(t, upstreamOfForms)
	at, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	hunk := "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
	for name, test := range map[string]struct{ patch, want string }{
		"names": {"--- docs/README.md\n+++ docs/README.md\n" + hunk, "more than one reading"},
		"missing context that is not blank": {
			strings.TrimSuffix(plainForm, "   WORD = 'x' * 23\n \n"),
			"upstream's app/limits/length.rb has \"  WORD = 'x' * 23\" there"},
	} {
		_, err := patchform.Read(t.Context(), patchform.Patch{Data: []byte(test.patch), Strip: 1}, patchform.Of(at))
		var wrong *patchform.Error
		if !errors.As(err, &wrong) || !strings.Contains(wrong.What, test.want) || wrong.Hint == "" || wrong.Line == 0 {
			t.Errorf("%s: %v, want %q with a line and a hint", name, err, test.want)
		}
	}
}

// TestCountsOfOneReading leaves a hunk as it is whose lines may be another's words, or may be cut off: the reader of
// the diff refuses it.
func TestCountsOfOneReading(t *testing.T) {
	repo, ids := gittest.Repo(t, upstreamOfForms)
	at, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	for name, patch := range map[string]string{
		"a vote below it":                       plainForm + "+1 from me\n",
		"a list below it":                       plainForm + "\n- one thing\n- another\n",
		"indented words":                        plainForm + " Best regards\n",
		"cut off":                               plainForm[:strings.Index(plainForm, "   MARGIN")],
		"lines before a file that is not there": plainForm + "+more\n" + strings.ReplaceAll(plainForm, "length", "none"),
		"cut off, and other words": strings.Replace(plainForm, "   WORD", "   WORDS", 1) +
			"   MORE = 1\n",
	} {
		read, err := patchform.Read(t.Context(), patchform.Patch{Data: []byte(patch), Strip: 1}, patchform.Of(at))
		if err != nil {
			continue // with the reason
		}
		if files, err := diff.Parse(read.Data); err == nil {
			t.Errorf("%s: it is read as %d files, want an error:\n%s", name, len(files), read.Data)
		}
	}
}

func TestLook(t *testing.T) {
	for data, want := range map[string]patchform.Kind{
		"": patchform.IsWrong, " \n": patchform.IsWrong, "<!DOCTYPE html>\n<html>": patchform.IsWrong,
		"{\"message\":\"Not Found\"}": patchform.IsWrong,
		"\x7fELF\x00\x01":             patchform.IsWrong, "#!/bin/sh\nsed -i s/a/b/ f\n": patchform.IsOther,
		plainForm: patchform.IsPatch, coloured(plainForm): patchform.IsPatch, sides("x", "x"): patchform.IsPatch,
		understood["base64"]: patchform.IsPatch,
	} {
		if got, why := patchform.Look([]byte(data)); got != want || (got == patchform.IsWrong) != (why != "") {
			t.Errorf("%.40q is %s (%s), want %s", data, got, why, want)
		}
	}
}

// FuzzRead reads anything: what comes out is read again to the same.
func FuzzRead(f *testing.F) {
	repo, ids := gittest.Repo(f, upstreamOfForms)
	at, err := repo.At(f.Context(), ids["1"])
	if err != nil {
		f.Fatal(err)
	}
	for _, patch := range understood {
		f.Add([]byte(patch))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := patchform.Read(t.Context(), patchform.Patch{Data: data, Strip: 1}, patchform.Of(at))
		if err != nil {
			return
		}
		files, err := diff.Parse(read.Data)
		if err != nil {
			return
		}
		again, err := patchform.Read(t.Context(), patchform.Patch{Data: read.Data, Strip: 1}, patchform.Of(at))
		if err != nil {
			t.Fatalf("not understood again: %v\n%s", err, read.Data)
		}
		if same, err := diff.Parse(again.Data); err != nil || len(same) != len(files) {
			t.Fatalf("%d files became %d: %v", len(files), len(same), err)
		}
	})
}
