package applytest

import (
	"context"
	"fmt"
	"io/fs"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Load reads a folder of changes.
func Load(t *testing.T, files fs.FS) *series.Series {
	t.Helper()
	whole, err := series.Load([]series.Folder{{Name: "patches", FS: files}})
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// Upstream gives commits of a repository itself, and no pull request.
type Upstream struct{ *git.Repo }

// Commit returns a commit's tree.
func (u Upstream) Commit(ctx context.Context, _ string, commit tree.ID) (*tree.Tree, error) {
	return u.At(ctx, commit)
}

// Pull fails.
func (u Upstream) Pull(context.Context, *series.Change) (base, head *tree.Tree, err error) {
	return nil, nil, fmt.Errorf("there are no pull requests here")
}
