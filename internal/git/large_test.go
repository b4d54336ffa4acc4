package git_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// TestLargeObjects stores a file that is too large to be read into memory between two small ones: its error names the
// limit, and what is asked for beside it and after it is read.
func TestLargeObjects(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes and reads objects of 128 MiB; without -short it runs")
	}
	repo, _ := gittest.Repo(t, "commit 1 Begin\n-- 1/a.txt --\na\n")
	store := func(data []byte) tree.ID {
		t.Helper()
		name := filepath.Join(t.TempDir(), "it")
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("git", "-C", repo.Dir(), "-c", "core.compression=0", "hash-object", "-w", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return tree.ID(strings.TrimSpace(string(out)))
	}
	first, large, last := store([]byte("first")), store(make([]byte, 128<<20+1)), store([]byte("last"))
	if _, err := repo.Blob(t.Context(), large); err == nil ||
		!strings.Contains(err.Error(), "134217729 bytes, at most 128 MiB are read") {
		t.Errorf("a file of 128 MiB and a byte: %v", err)
	}
	most := store(make([]byte, 128<<20))
	if data, err := repo.Blob(t.Context(), most); err != nil || len(data) != 128<<20 {
		t.Errorf("a file of 128 MiB: %d bytes, %v", len(data), err)
	}
	got, err := repo.Blobs(t.Context(), []tree.ID{first, large, last})
	if err == nil || !bytes.Equal(got[first], []byte("first")) || !bytes.Equal(got[last], []byte("last")) {
		t.Errorf("beside it %q and %q are read, %v", got[first], got[last], err)
	}
	if _, ok := got[large]; ok {
		t.Error("it is read")
	}
}
