package candidate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
)

// Checkout runs patch:checkout: it writes the patched tree to a folder that must not exist yet.
func Checkout(ctx context.Context, s *session.Session, o Options, folder string) error {
	if err := s.New(folder); err != nil {
		return err
	}
	return At(ctx, s, o, func(u Upstream) (err error) {
		c, err := u.Apply(ctx, s)
		if err != nil {
			return err
		}
		dir := s.Path(folder)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return fault.New(fault.Usage, "making the folder: %w", err)
		}
		stage := s.Story.Stage("writing " + folder)
		defer func() {
			if stage.FailOn(&err); err != nil {
				err = errors.Join(fault.Folder(err, dir, s.Config.Cache.In()), os.RemoveAll(dir))
			}
		}()
		if _, err := u.Mirror.Prefetch(ctx, u.Pin.Commit); err != nil {
			return err
		}
		n, err := writeTree(ctx, c.Tree, dir)
		if err != nil {
			return err
		}
		stage.End("%d files", n)
		s.Term.Answerf("%s %s", folder, c.Tree.Root())
		return nil
	})
}

// WorkTree makes a folder, as a person typed it, a git work tree at a commit of the mirror, on a branch.
func (u Upstream) WorkTree(ctx context.Context, s *session.Session, folder, branch string, commit tree.ID) (
	w *git.Repo, err error) {
	stage := s.Story.Stage("writing " + folder)
	defer stage.FailOn(&err)
	if _, err := u.Mirror.Prefetch(ctx, u.Pin.Commit); err != nil {
		return nil, err
	}
	if w, err = u.Mirror.Repo.NewWorkTree(ctx, s.Path(folder), branch, commit); err == nil {
		stage.End("")
	}
	return w, err
}

// writeTree writes a tree's files into an empty folder. Symbolic links are written last, so that no file is written
// through one.
func writeTree(ctx context.Context, t *tree.Tree, dir string) (int, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	links := map[string]tree.ID{}
	n := 0
	err = t.Walk(ctx, func(name string, e tree.Entry) error {
		native := filepath.FromSlash(name)
		switch {
		case e.Mode.IsFolder():
			return root.Mkdir(native, 0o755)
		case e.Mode == tree.Symlink:
			links[native] = e.ID
			return nil
		case !e.Mode.IsRegular():
			return nil // a submodule
		}
		data, err := t.Blob(ctx, e.ID)
		if err != nil {
			return fmt.Errorf("reading %q: %w", name, err)
		}
		mode := fs.FileMode(0o644)
		if e.Mode == tree.Executable {
			mode = 0o755
		}
		n++
		return root.WriteFile(native, data, mode)
	})
	if err != nil {
		return n, err
	}
	for name, id := range links {
		target, err := t.Blob(ctx, id)
		if err != nil {
			return n, err
		}
		if err := root.Symlink(string(target), name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
