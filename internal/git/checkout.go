package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// Checkout finds the repository whose work tree begins at dir, a linked work tree and a submodule included, and the
// commit that is checked out there. Another folder is ErrNoRepository, one within a work tree too; a repository without
// a commit is ErrNoRevision. What is in the process's environment, as GIT_DIR, does not count.
func Checkout(ctx context.Context, dir string) (*Repo, tree.ID, error) {
	if err := PlainFiles(dir); err != nil {
		return nil, "", err
	}
	var out strings.Builder
	err := command{env: localEnv(ctx), stdout: &out, args: []string{"-C", dir, "rev-parse", "--show-toplevel"}}.run(ctx)
	var run *RunError
	if err != nil && ctx.Err() == nil && errors.As(err, &run) {
		return nil, "", fmt.Errorf("opening %q: %w", dir, ErrNoRepository)
	}
	if err != nil {
		return nil, "", err
	}
	top := strings.TrimSuffix(out.String(), "\n")
	here, err := os.Stat(dir)
	if err != nil {
		return nil, "", err
	}
	if there, err := os.Stat(top); err != nil || !os.SameFile(here, there) {
		return nil, "", fmt.Errorf("opening %q: %w: it is a folder in the work tree %s", dir, ErrNoRepository, top)
	}
	return Clone(ctx, dir, "")
}
