package importer_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/series"
)

// letter returns a mail that adds this many files of one line each.
func letter(n, files int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From %040x Mon Sep 17 00:00:00 2001\nFrom: A <a@localhost>\nSubject: [PATCH] number %d\n\n---\n",
		n+1, n)
	for i := range files {
		fmt.Fprintf(&b, "diff --git a/d%d/f%d b/d%[1]d/f%[2]d\nnew file mode 100644\n--- /dev/null\n+++ b/d%[1]d/f%[2]d\n"+
			"@@ -0,0 +1 @@\n+x\n", n, i)
	}
	return b.String()
}

// TestLimits: each limit of an import can be reached; one more, and the whole import is refused with exit code 2.
// docs/safety.md has the numbers.
func TestLimits(t *testing.T) {
	letters := func(n, files int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(letter(i, files))
		}
		return b.String()
	}
	lines := func(n int) string { // of one patch
		head := "diff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n"
		return fmt.Sprintf("%s@@ -0,0 +1,%d @@\n%s", head, n-5, strings.Repeat("+\n", n-5))
	}
	for _, test := range []struct {
		name, text string
		changes    int
		says       string
	}{
		{"2,000 patches", letters(2_000, 1), 2_000, ""},
		{"2,001 patches", letters(2_001, 1), 0, "box: more than 2000 patches, which is the limit of an import"},
		{"10,000 files", letters(10, 1_000), 10, ""},
		{"10,001 files", letters(10, 1_000) + letter(10, 1), 0, "the patches change more than 10000 files"},
		{"1,000,000 lines", lines(1_000_000), 1, ""},
		{"1,000,001 lines", lines(1_000_001), 0,
			"box: what is to be imported has 1000001 lines, at most 1000000 are allowed at once"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in, err := importer.Source{}.Mailbox(t.Context(), "box", []byte(test.text))
			if test.says != "" {
				if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), test.says) {
					t.Errorf("beyond the limit: %v (exit %d), want %q (exit 2)", err, fault.CodeOf(err), test.says)
				}
				return
			}
			if err != nil || in.Refused() != nil || len(in.Changes) != test.changes {
				t.Errorf("at the limit: %v, %d changes, want %d", err, len(in.Changes), test.changes)
			}
		})
	}
}

// TestFolderLimits: the same for a folder. A compressed patch beyond its limit is left out by name.
func TestFolderLimits(t *testing.T) {
	folder := func(n int, patch func(i int) []byte, end string) fstest.MapFS {
		files := fstest.MapFS{}
		for i := range n {
			files[fmt.Sprintf("%04d.patch%s", i, end)] = &fstest.MapFile{Data: patch(i)}
		}
		return files
	}
	small := func(i int) []byte { return []byte(letter(i, 1)) }
	packed := func(bytesOfAll int) func(int) []byte { // of two compressed patches
		return func(i int) []byte {
			head := fmt.Sprintf("diff --git a/f%d b/f%[1]d\nnew file mode 100644\n--- /dev/null\n+++ b/f%[1]d\n"+
				"@@ -0,0 +1 @@\n+", i)
			n := bytesOfAll/2 + i*(bytesOfAll%2) - len(head) - 1
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = z.Write([]byte(head + strings.Repeat("x", n) + "\n"))
			_ = z.Close()
			return b.Bytes()
		}
	}
	for _, test := range []struct {
		name    string
		files   fstest.MapFS
		changes int
		says    string // the whole import is refused
		left    string // one file is left out
	}{
		{"2,000 patches", folder(2_000, small, ""), 2_000, "", ""},
		{"2,001 patches", folder(2_001, small, ""), 0, "the folder has 2001 patches, at most 2000 are allowed at once", ""},
		{"packed ones of 16 MiB", folder(2, packed(16<<20), ".gz"), 2, "", ""},
		{"packed ones of 16 MiB and a byte", folder(2, packed(16<<20+1), ".gz"), 1, "",
			"from/0001.patch.gz: the packed patches of the folder have more than 16 MiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in, err := importer.Source{}.Folder(t.Context(), series.Folder{Name: "from", FS: test.files})
			if test.says != "" {
				if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), test.says) {
					t.Errorf("beyond the limit: %v (exit %d), want %q (exit 2)", err, fault.CodeOf(err), test.says)
				}
				return
			}
			if err != nil || len(in.Changes) != test.changes {
				t.Fatalf("%v, %d changes, want %d", err, len(in.Changes), test.changes)
			}
			if left := in.Refused(); (left == nil) != (test.left == "") || !strings.Contains(fmt.Sprint(left), test.left) {
				t.Errorf("left out: %v, want %q", left, test.left)
			}
		})
	}
}
