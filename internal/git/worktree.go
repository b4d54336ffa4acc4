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
// quick and of use only on this machine. A folder that exists already is an error that wraps fs.ErrExist.
func (r *Repo) NewWorkTree(ctx context.Context, dir, branch string, commit tree.ID) (w *Repo, err error) {
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("making the work tree %q: not an absolute path", dir)
	}
	abs := dir
	if _, err := os.Lstat(abs); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("making the work tree %q: %w", dir, fs.ErrExist)
	}
	if err := os.MkdirAll(abs, 0o755); err != nil {
		return nil, fmt.Errorf("making the work tree %q: %w", dir, err)
	}
	defer func() {
		if err != nil { // on a full disk, say: a half-written work tree would be in the way of the next one
			err = errors.Join(err, os.RemoveAll(abs))
		}
	}()
	made := command{env: localEnv(ctx),
		args: []string{"init", "--quiet", "--object-format=sha1", "--initial-branch=" + branch, "--template=", abs}}
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
	if w, err = Open(abs); err != nil {
		return nil, err
	}
	if _, err = w.Run(ctx, "update-ref", "refs/heads/"+branch, string(commit)); err != nil {
		return nil, err
	}
	_, err = w.InTree(ctx, "reset", "--hard", "--quiet", string(commit))
	return w, err
}

// Unmerge puts the sides of a conflict, base, ours and theirs, into the index, as a merge of git's own does: git status
// names the file, git mergetool and git checkout --theirs work, and nothing is committed before it is resolved. A side
// that has no file is nil. What lies in the work tree stays.
func (r *Repo) Unmerge(ctx context.Context, name string, sides [3]*tree.File) error {
	var blobs []tree.Object
	info := fmt.Sprintf("0 %040d\t%s\x00", 0, name)
	for i, f := range sides {
		if f != nil {
			id := tree.BlobID(f.Data)
			blobs = append(blobs, tree.Object{Type: "blob", ID: id, Data: f.Data})
			info += fmt.Sprintf("%06o %s %d\t%s\x00", f.Mode, id, i+1, name)
		}
	}
	if err := r.Write(ctx, blobs); err != nil {
		return err
	}
	_, err := r.RunInput(ctx, strings.NewReader(info), "update-index", "-z", "--index-info")
	return err
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
