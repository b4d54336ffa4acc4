package git_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// TestIndexPacks: many packs get one index, which a few more do not change; all objects are read, those of later packs
// too.
func TestIndexPacks(t *testing.T) {
	repo, err := git.Init(t.Context(), filepath.Join(t.TempDir(), "r.git"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	index := filepath.Join(repo.Dir(), "objects", "pack", "multi-pack-index")
	var all []tree.ID
	write := func(n int) {
		t.Helper()
		for range n {
			data := fmt.Appendf(nil, "file %d\n", len(all))
			all = append(all, tree.BlobID(data))
			if err := repo.Write(t.Context(), []tree.Object{{ID: tree.BlobID(data), Type: "blob", Data: data}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := repo.IndexPacks(t.Context()); err != nil {
			t.Fatal(err)
		}
		read, err := repo.Blobs(t.Context(), all)
		if err != nil || len(read) != len(all) {
			t.Fatalf("%d of %d are read: %v", len(read), len(all), err)
		}
	}
	write(5)
	if _, err := os.Stat(index); err == nil {
		t.Error("a few packs have an index in common")
	}
	write(20)
	first, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	write(2)
	if second, err := os.ReadFile(index); err != nil || string(second) != string(first) {
		t.Errorf("two more packs change it: %v", err)
	}
}
