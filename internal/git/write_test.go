package git_test

import (
	"os"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// checked has the files that git checks with each tree.
const checked = `commit 1 Begin
-- 1/.gitattributes --
*.png binary
-- 1/app/.gitmodules --
-- 1/docs/x.txt --
two
`

// TestWriteBringsWhatGitChecks: git would read all objects of a partial clone to find out whether what it lacks may be
// missing.
func TestWriteBringsWhatGitChecks(t *testing.T) {
	for name, c := range map[string]struct {
		dir     string // the folder in which a file is written
		file    string
		brought string // the contents that are here afterwards
		fetches int
	}{
		"beside attributes":   {"", "new.txt", "*.png binary\n", 1},
		"in their place":      {"", ".gitattributes", "", 0},
		"beside modules":      {"app/", "new.txt", "*.png binary\n", 1}, // both, at once
		"beside neither":      {"docs/", "new.txt", "*.png binary\n", 1},
		"a file of attribute": {"docs/", ".gitattributes", "*.png binary\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			of, ids := gittest.Repo(t, checked)
			repo, fetches := gittest.Partial(t, of)
			from, err := repo.TreeOf(t.Context(), ids["1"])
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time nothing lacks
				add(t, repo, from, c.dir+c.file)
			}
			if *fetches != c.fetches {
				t.Errorf("%d fetches, want %d", *fetches, c.fetches)
			}
			if c.brought == "" {
				return
			}
			if here, err := repo.Stored(t.Context(), tree.BlobID([]byte(c.brought))); err != nil || !here {
				t.Errorf("%q is not here: %v", c.brought, err)
			}
		})
	}
}

// TestWriteWithoutServer: what cannot be brought is no hindrance.
func TestWriteWithoutServer(t *testing.T) {
	of, ids := gittest.Repo(t, checked)
	repo, _ := gittest.Partial(t, of)
	from, err := repo.TreeOf(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(of.Dir()); err != nil {
		t.Fatal(err)
	}
	if here, err := repo.Stored(t.Context(), add(t, repo, from, "new.txt")); err != nil || !here {
		t.Errorf("the tree is not here: %v", err)
	}
}

// add writes a file into a tree, and returns the new one.
func add(t *testing.T, repo *git.Repo, from tree.ID, name string) tree.ID {
	t.Helper()
	with, err := tree.At(repo, from).With(t.Context(), map[string]*tree.File{
		name: {Mode: tree.Regular, Data: []byte("x\n")}})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := with.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Write(t.Context(), objects); err != nil {
		t.Fatal(err)
	}
	return with.Root()
}
