package diff_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// headless is what is wrong with a hunk whose file is not known, and what to do.
const headless = "a hunk without a file above it: put the lines --- a/FILE and +++ b/FILE above it"

// good is a diff with every part that the refused ones below break.
const good = `diff --git a/f.txt b/f.txt
index 0000001..0000002 100644
--- a/f.txt
+++ b/f.txt
@@ -1,4 +1,4 @@ head
 a
-b
+B
 c
 d
`

// edited is good with one text in place of another.
func edited(old, fresh string) string {
	if !strings.Contains(good, old) {
		panic(old)
	}
	return strings.Replace(good, old, fresh, 1)
}

const otherDiff = "line 1: looks like an ed script, or a diff without context: make it with git diff, or with " +
	"diff -u"

var refused = []struct{ name, diff, want string }{
	{"empty", "", "line 1: it is empty"},
	{"blank", "\n \n", "line 1: it is empty"},
	{"no diff", "Dear all,\nhere is it.\n", "line 1: no diff in it"},
	{"header only", "diff --git a/f b/f\nindex 0000001..0000002 100644\n", "line 1: changes nothing"},
	{"names only", "--- a/f\n+++ b/f\n", "line 2: no hunk after the +++ line"},
	{"html", "<!DOCTYPE html>\n<html>404</html>\n", "line 1: looks like HTML: was the download an error page?"},
	{"utf-16", "d\x00i\x00f\x00f\x00", "line 1: is UTF-16: save it as plain UTF-8"},
	{"utf-16 with a mark", "\xff\xfed\x00", "line 1: is UTF-16: save it as plain UTF-8"},
	{"byte order mark", "\xef\xbb\xbf" + good, "line 1: begins with a byte order mark: save it as plain UTF-8"},
	{"crlf", strings.ReplaceAll(good, "\n", "\r\n"), "line 1: the diff's own lines end in CRLF: save it as git wrote it"},
	{"crlf without git's head", "--- a/f\r\n+++ b/f\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n",
		"line 1: the diff's own lines end in CRLF: save it as git wrote it"},
	{"truncated", strings.TrimSuffix(good, " d\n"), "line 9: the hunk ends early: 1 old and 1 new lines are missing"},
	{"truncated within a line", strings.TrimSuffix(good, "\n"), "line 10: the diff ends within a line"},
	{"counts too small", edited("-1,4 +1,4", "-1,3 +1,3"), "line 10: text after the last hunk: \" d\""},
	{"counts too large", edited("-1,4 +1,4", "-1,5 +1,5"),
		"line 10: the hunk ends early: 1 old and 1 new lines are missing"},
	{"counts that differ", edited("-1,4 +1,4", "-1,4 +1,3"), "line 10: the hunk has more lines than its head says"},
	{"next file too early", edited("-1,4 +1,4", "-1,6 +1,6") + good,
		"line 11: the hunk ends early: 2 old and 2 new lines are missing"},
	{"number too large", edited("-1,4", "-100000000000000000000,4"),
		"line 5: malformed line numbers in \"@@ -100000000000000000000,4 +1,4 @@ head\""},
	{"negative number", edited("-1,4", "--1,4"), "line 5: malformed line numbers in \"@@ --1,4 +1,4 @@ head\""},
	{"signed number", edited("-1,4", "-+1,4"), "line 5: malformed line numbers in \"@@ -+1,4 +1,4 @@ head\""},
	{"line 0", edited("-1,4", "-0,4"), "line 5: lines are counted from 1"},
	{"broken hunk head", edited(" @@ head", " @ head"), "line 5: malformed hunk head \"@@ -1,4 +1,4 @ head\""},
	{"nul", edited("+B", "+B\x00"), "line 8: a NUL byte in text: use a binary patch"},
	{"trailing text", good + "rm -rf /\n", "line 11: text after the last hunk: \"rm -rf /\""},
	{"trailing text behind a blank line", good + "\nfoo\n", "line 12: text after the last hunk: \"foo\""},
	{"lost hunk head", good + "@ -9 +9 @\n-x\n+y\n", "line 11: text after the last hunk: \"@ -9 +9 @\""},
	{"hunk behind a signature", good + "-- \n2.39.5\n@@ -9 +9 @@\n-x\n+y\n", "line 13: " + headless},
	{"hunk without a file", "@@ -1 +1 @@\n-a\n+b\n", "line 1: " + headless},
	{"names that differ", "--- a/f\n+++ b/other\n@@ -1 +1 @@\n-a\n+b\n",
		"line 1: \"f\" and \"other\" are two names, and this is not a rename"},
	{"names that differ from the head", edited("+++ b/f.txt", "+++ b/g.txt"),
		"line 5: \"f.txt\" and \"g.txt\" differ from the names in the diff's head"},
	{"head of two names", edited("a/f.txt b/f.txt", "a/f.txt b/g.txt"),
		"line 5: \"f.txt\" and \"f.txt\" differ from the names in the diff's head"},
	{"rename that the head denies", "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to z\n",
		"line 1: the names in the diff's head differ from those below it"},
	{"rename without its end", "diff --git a/x b/y\nsimilarity index 100%\nrename from x\n",
		"line 1: says two different things about \"x\""},
	{"rename to itself", "diff --git a/x b/x\nrename from x\nrename to x\n",
		"line 1: \"x\" is renamed or copied to itself"},
	{"rename and copy", "diff --git a/x b/y\nrename from x\ncopy to y\n", "line 1: says two different things about \"y\""},
	{"new and deleted", "diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n",
		"line 1: names no file, or two without a rename"},
	{"new with old lines", "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
		"line 5: takes lines from a new file"},
	{"deleted with new lines", "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +1 @@\n" +
		"-a\n+b\n", "line 5: gives lines to a deleted file"},
	{"/dev/null of a file that stays", edited("--- a/f.txt", "--- /dev/null"),
		"line 5: /dev/null is given for a file that is neither new nor deleted, or is missing for one that is"},
	{"new without /dev/null", "diff --git a/x b/x\nnew file mode 100644\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+b\n",
		"line 5: /dev/null is given for a file that is neither new nor deleted, or is missing for one that is"},
	{"p0", "--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n",
		"line 1: \"f\" lacks the \"a/\" that git writes before names (a -p0 diff?)"},
	{"p0 of git", "diff --git f f\n--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n",
		"line 1: names \"f f\" lack the \"a/\" and \"b/\" that git writes (a -p0 diff?)"},
	{"no name", "--- a/\n+++ b/\n@@ -1 +1 @@\n-a\n+b\n",
		"line 1: \"a/\" lacks the \"a/\" that git writes before names (a -p0 diff?)"},
	{"malformed quotes", "--- \"a/\\9\"\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", "line 1: malformed name \"\\\"a/\\\\9\\\"\""},
	{"quoted nul", "--- \"a/\\000\"\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", "line 1: malformed name \"\\\"a/\\\\000\\\"\""},
	{"zero context", "--- a/f\n+++ b/f\n@@ -5 +5 @@\n-a\n+b\n", "line 3: the hunk has no context: make the diff with -U3"},
	{"zero context, lines added", "--- a/f\n+++ b/f\n@@ -5,0 +6 @@\n+b\n",
		"line 3: the hunk has no context: make the diff with -U3"},
	{"hunk without change", edited("-b\n+B\n", " b\n"), "line 5: the hunk changes nothing"},
	{"hunks out of order", good + "@@ -2,3 +2,3 @@\n c\n-d\n+D\n e\n", "line 11: lies before the end of the hunk above"},
	{"two last lines", edited("-b\n", "-b\n\\ No newline at end of file\n"),
		"line 10: a line after the one without a line feed, which is the last"},
	{"nothing to lack a line feed", edited(" a\n", "\\ No newline at end of file\n"),
		"line 6: expected a line before 'No newline at end of file'"},
	{"combined", "diff --cc f\nindex 1,2..3\n--- a/f\n+++ b/f\n@@@ -1 -1 +1 @@@\n",
		"line 1: is the combined diff of a merge: take the diff against one parent"},
	{"a folder's diff without context", "Only in b: x\ndiff -r a/f b/f\n2c2\n< x\n---\n> y\n",
		strings.Replace(otherDiff, "1", "3", 1)},
	{"ed script", "3c\nfoo\n.\n", otherDiff},
	{"plain diff", "3c3\n< a\n---\n> b\n",
		otherDiff},
	{"context diff", "*** a/f\n--- b/f\n***************\n",
		"line 1: is a context diff: make it with git diff, or with diff -u"},
	{"mode of no file", "diff --git a/f b/f\nold mode 100644\nnew mode 104755\n",
		"line 3: mode \"104755\" is not a mode that git uses for files"},
	{"half a mode", "diff --git a/f b/f\nold mode 100644\n",
		"line 1: has an old mode without a new mode, or the other way round"},
	{"binary left out", "diff --git a/f b/f\nindex 0000001..0000002 100644\nBinary files a/f and b/f differ\n",
		"line 3: binary content is left out: make the diff with git diff --binary"},
	{"binary without content", binary("\n"), "line 4: the binary patch has no content"},
	{"binary without ids", "diff --git a/f b/f\nindex 0000001..0000002 100644\nGIT binary patch\nliteral 0\n" +
		"HcmV?d00001\n\n", "line 1: binary content needs full ids on the index line: make the diff with git diff --binary"},
	{"binary too large", binary("literal 99999999\nHcmV?d00001\n\n"),
		"line 4: binary content of size \"99999999\", more than 16 MiB or none"},
	{"binary that lies", binary("literal 5\nHcmV?d00001\n\n"),
		"line 6: malformed binary content: inflates to another size than 5"},
	{"binary cut short", binary("literal 0\nHcmV?d00001"), "line 5: the binary content ends early"},
	{"binary broken", binary("literal 0\nHcmV?d0000\"\n\n"), "line 5: malformed binary content: '\"' is not a digit"},
	{"binary line of another length", binary("literal 0\nHcmV?d000\n\n"),
		"line 5: malformed binary content: a line's length differs from what it states"},
	{"binary digits out of range", binary("literal 0\nD~~~~~\n\n"),
		"line 5: malformed binary content: digits out of range"},
	{"binary without head", "Binary files a/f and b/f differ\n" + good,
		"line 1: binary content without git's head above it: make the diff with git diff --binary"},
	{"text and binary", binary("literal 0\nHcmV?d00001\n\n") + "@@ -1 +1 @@\n-a\n+b\n",
		"line 1: has both text and binary content"},
	{"malformed index line", "diff --git a/f b/f\nindex g..h\n", "line 2: malformed index line \"g..h\""},
	{"malformed similarity", "diff --git a/f b/g\nsimilarity index 101%\n", "line 2: malformed similarity \"101%\""},
	{"too many files", strings.Repeat("diff --git a/f b/f\nold mode 100644\nnew mode 100755\n", 10_001),
		"line 30003: more than 10000 files"},
	{"too many lines", good + strings.Repeat("\n", 1_000_000), "line 1000001: 1000010 lines, at most 1000000 are allowed"},
	{"too large", good + strings.Repeat("\n", 64<<20), "line 1: larger than 64 MiB"},
}

// binary is a diff of a binary file with a given content.
func binary(content string) string {
	return fmt.Sprintf("diff --git a/f b/f\nindex %040d..%040d 100644\nGIT binary patch\n%s", 1, 2, content)
}

func TestRefused(t *testing.T) {
	for _, test := range refused {
		t.Run(test.name, func(t *testing.T) {
			files, err := diff.Parse([]byte(test.diff))
			var wrong *diff.ParseError
			if !errors.As(err, &wrong) {
				t.Fatalf("Parse: %d files, %v; want %q", len(files), err, test.want)
			}
			if err.Error() != test.want {
				t.Errorf("got  %s\nwant %s", err, test.want)
			}
		})
	}
}

// TestBombs: a small patch cannot fill the memory.
func TestBombs(t *testing.T) {
	zeros := &diff.File{OldName: "f", NewName: "f", OldID: id(nil), NewID: id([]byte("x")),
		Binary: &diff.Binary{Forward: &diff.Chunk{Data: make([]byte, 16<<20)}}}
	one := diff.Format([]*diff.File{zeros})
	if _, err := diff.Parse(bytes.Repeat(one, 5)); err == nil ||
		!strings.Contains(err.Error(), "more than 64 MiB of binary content") {
		t.Errorf("five files of 16 MiB: %v", err)
	}
	more := bytes.Replace(one, []byte("literal 16777216"), []byte("literal 1"), 1)
	if _, err := diff.Parse(more); err == nil || !strings.Contains(err.Error(), "inflates to another size than 1") {
		t.Errorf("more than it says: %v", err)
	}
}

var accepted = []struct{ name, diff, want string }{
	{"plain", good, "f.txt"},
	{"mail", "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\n" +
		"Subject: [PATCH] Do\n\nIt does.\n---\n f.txt | 2 +-\n\n" + good + "-- \n2.39.5\n\n", "f.txt"},
	{"mailbox", good + "-- \n2.39.5\n\nFrom 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n" +
		"Subject: [PATCH 2/2]\n\n---\n" + strings.ReplaceAll(good, "f.txt", "g") + "-- \n2.39.5\n", "f.txt g"},
	{"log", "commit 0123456789012345678901234567890123456789\nAuthor: A\n\n    Do\n\n" + good +
		"\ncommit 1123456789012345678901234567890123456789\n\n    Too\n\n" + strings.ReplaceAll(good, "f.txt", "g"),
		"f.txt g"},
	{"blank context without its space", edited(" c\n", "\n"), "f.txt"},
	{"without git's head", good[strings.Index(good, "---"):], "f.txt"},
	{"with times", "--- a/f\t2026-04-30 16:45:01.000000000 +0000\n+++ b/f\t2026-04-30 16:45:02.000000000 +0000\n" +
		"@@ -1 +1 @@\n-a\n+b\n", "f"},
	{"new by its time", "--- a/f\t1970-01-01 00:00:00.000000000 +0000\n+++ b/f\t2026-04-30 16:45:02.000000000 +0000\n" +
		"@@ -0,0 +1 @@\n+b\n", "+f"},
	{"new", "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+b\n", "+f"},
	{"deleted", "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n", "-f"},
	{"new and empty", "diff --git a/f b/f\nnew file mode 100644\nindex 0000000..e69de29\n", "+f"},
	{"same name twice over", "diff --git a/x b/x b/x b/x\nold mode 100644\nnew mode 100755\n", "x b/x"},
	{"quoted", "diff --git \"a/\\303\\274\\t\" \"b/\\303\\274\\t\"\nold mode 100644\nnew mode 100755\n", "ü\t"},
	{"one quoted", "diff --git a/x \"b/\\t\"\nsimilarity index 100%\nrename from x\nrename to \"\\t\"\n", "x>\t"},
	{"copy", "diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n", "x>y"},
	{"names in UTF-8", "diff --git a/ü b/ö\nsimilarity index 100%\nrename from ü\nrename to ö\n", "ü>ö"},
	{"dissimilar", strings.Replace(good, "index", "dissimilarity index 90%\nindex", 1), "f.txt"},
}

func TestAccepted(t *testing.T) {
	for _, test := range accepted {
		t.Run(test.name, func(t *testing.T) {
			files, err := diff.Parse([]byte(test.diff))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range files {
				name := f.Name()
				switch {
				case f.New:
					name = "+" + name
				case f.Deleted:
					name = "-" + name
				case f.OldName != f.NewName:
					name = f.OldName + ">" + name
				}
				got = append(got, name)
			}
			if got := strings.Join(got, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestIndexMode takes the index line's mode only where no line above it has told one.
func TestIndexMode(t *testing.T) {
	const rest = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
	for _, test := range []struct {
		diff     string
		old, new uint32
	}{
		{"diff --git a/f b/f\nindex 0000001..0000002 100755\n" + rest, 0o100755, 0o100755},
		{"diff --git a/f b/f\nold mode 100644\nnew mode 100755\nindex 0000001..0000002\n" + rest, 0o100644, 0o100755},
		{"diff --git a/f b/f\nold mode 100644\nnew mode 100755\nindex 0000001..0000002 100644\n" + rest, 0o100644, 0o100755},
		{"diff --git a/f b/f\nnew file mode 100755\nindex 0000000..0000002 100644\n--- /dev/null\n+++ b/f\n" +
			"@@ -0,0 +1 @@\n+b\n", 0, 0o100755},
		{"diff --git a/f b/f\ndeleted file mode 100755\nindex 0000001..0000000 100644\n--- a/f\n+++ /dev/null\n" +
			"@@ -1 +0,0 @@\n-a\n", 0o100755, 0},
	} {
		files, err := diff.Parse([]byte(test.diff))
		if err != nil {
			t.Errorf("%v\n%s", err, test.diff)
		} else if f := files[0]; f.OldMode != test.old || f.NewMode != test.new {
			t.Errorf("modes %o and %o, want %o and %o\n%s", f.OldMode, f.NewMode, test.old, test.new, test.diff)
		}
	}
}
