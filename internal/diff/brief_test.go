package diff_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// TestBrief has of binary files the sizes that git's diff of them says, whole or as a delta; texts stay.
func TestBrief(t *testing.T) {
	random := func(n int) []byte {
		r, out := rand.New(rand.NewPCG(1, 2)), make([]byte, n)
		for i := range out {
			out[i] = byte(r.Uint32())
		}
		out[0] = 0 // binary for git
		return out
	}
	long := random(5000)
	edited := append(bytes.Clone(long[:4000]), 1, 2, 3)
	for name, test := range map[string]struct{ before, after []byte }{
		"another": {random(120), long}, "delta": {long, edited}, "delta back": {edited, long},
		"new": {nil, random(300)}, "emptied": {random(300), []byte{}}, "one byte": {[]byte{0}, []byte{0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			before, after := filepath.Join(dir, "a"), filepath.Join(dir, "b")
			if err := os.WriteFile(before, test.before, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(after, test.after, 0o600); err != nil {
				t.Fatal(err)
			}
			data, _ := exec.CommandContext(t.Context(), "git", "diff", "--no-index", "--binary", before, after).Output()
			text := "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n GIT binary patch\n-a\n+b\n"
			_, content, found := bytes.Cut(data, []byte("GIT binary patch\n"))
			if !found {
				t.Fatalf("git: %s", data)
			}
			head := data[:len(data)-len(content)-len("GIT binary patch\n")]
			want := fmt.Sprintf("%sBinary files differ: %d bytes before, %d bytes after\n%s", head, len(test.before),
				len(test.after), text)
			if got := string(diff.Brief(append(bytes.Clone(data), text...))); got != want {
				t.Errorf("%s\nwant\n%s", got, want)
			}
		})
	}
	for _, damaged := range []string{"GIT binary patch\nliteral x\n", "GIT binary patch\ndelta 5\nzz\n\n",
		"GIT binary patch"} {
		if got := string(diff.Brief([]byte(damaged))); got != damaged {
			t.Errorf("%q became %q", damaged, got)
		}
	}
}
