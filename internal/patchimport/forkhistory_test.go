package patchimport

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// TestWideCommits: a commit of 200,000 files is accepted; one of 200,001 is refused by name.
func TestWideCommits(t *testing.T) {
	repo, _ := gittest.Repo(t, "commit 1 Begin\n-- 1/a.txt --\na\n")
	store := func(entries string) tree.ID {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", "-C", repo.Dir(), "mktree")
		cmd.Stdin = strings.NewReader(entries)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return tree.ID(strings.TrimSpace(string(out)))
	}
	of := func(n int, mode, kind string, id tree.ID) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%s %s %s\t%s%04d\n", mode, kind, id, kind, i)
		}
		return b.String()
	}
	blob := tree.BlobID([]byte("a\n"))
	below := store(of(1_000, "100644", "blob", blob))
	most := store(of(200, "040000", "tree", below))
	more := store(of(200, "040000", "tree", below) + of(1, "100644", "blob", blob))
	f := forkRepo{repo: repo}
	if err := f.refuseWide(t.Context(), outline{roots: map[tree.ID]string{most: "1111111111"}}); err != nil {
		t.Errorf("200,000 files: %v", err)
	}
	err := f.refuseWide(t.Context(), outline{roots: map[tree.ID]string{most: "1111111111", more: "2222222222"}})
	if !errors.Is(err, fork.ErrMany) || !strings.Contains(err.Error(), "its commit 222222222 has more than 200000 files") {
		t.Errorf("200,001 files: %v", err)
	}
}
