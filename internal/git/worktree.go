package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// NewWorkTree makes the folder dir a work tree at a commit of r, on the given branch. It borrows r's objects, so it is
// quick and of use only on this machine. A folder that is there already is an error that wraps fs.ErrExist.
func (r *Repo) NewWorkTree(ctx context.Context, dir, branch string, commit tree.ID) (*Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("making the work tree %q: %w", dir, err)
	}
	if _, err := os.Lstat(abs); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("making the work tree %q: %w", dir, fs.ErrExist)
	}
	if err := os.MkdirAll(abs, 0o755); err != nil {
		return nil, fmt.Errorf("making the work tree %q: %w", dir, err)
	}
	made := command{env: localEnv(), args: []string{"init", "--quiet", "--object-format=sha1", "--initial-branch=" + branch, "--template=", abs}}
	if err := made.run(ctx); err != nil {
		return nil, err
	}
	alternates := filepath.Join(abs, ".git", "objects", "info", "alternates")
	err = os.MkdirAll(filepath.Dir(alternates), 0o755)
	if err == nil {
		err = os.WriteFile(alternates, []byte(filepath.Join(r.dir, "objects")+"\n"), 0o644)
	}
	if err != nil {
		return nil, fmt.Errorf("making the work tree %q: %w", dir, err)
	}
	w, err := Open(abs)
	if err != nil {
		return nil, err
	}
	if _, err := w.Run(ctx, "update-ref", "refs/heads/"+branch, string(commit)); err != nil {
		return nil, err
	}
	_, err = w.InTree(ctx, "reset", "--hard", "--quiet", string(commit))
	return w, err
}

// InTree runs a local command that needs the work tree above this git directory.
func (r *Repo) InTree(ctx context.Context, args ...string) ([]byte, error) {
	return r.Run(ctx, append([]string{"--work-tree=" + filepath.Dir(r.dir)}, args...)...)
}

// Modified lists what in the work tree is not committed.
func (r *Repo) Modified(ctx context.Context) ([]string, error) {
	out, err := r.InTree(ctx, "status", "--porcelain", "--untracked-files=all")
	if err != nil {
		return nil, err
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		if len(line) > 3 {
			names = append(names, strings.TrimSpace(line[3:]))
		}
	}
	return names, nil
}
