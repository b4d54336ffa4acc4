package worktree

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// folder is where patch:new opens the patched tree, unless -dir= names another folder.
func folder(s *session.Session, dir string) string {
	if dir == "" {
		return s.Config.Result("tree")
	}
	return dir
}

// New runs patch:new: it opens the patched tree as a git work tree with one commit per change. If change does not
// apply, the tree is the one before it, with both sides of each conflict in the files.
func New(ctx context.Context, s *session.Session, chosen candidate.Options, dir, change string) error {
	dir = folder(s, dir)
	if err := candidate.Exists(s, change); err != nil {
		return err
	}
	if err := s.New(dir); err != nil {
		return taken(dir)
	}
	return candidate.At(ctx, s, chosen, func(u candidate.Upstream) error {
		o, err := u.Judge(ctx, s)
		if err != nil {
			return err
		}
		stop := (*verdict.Outcome)(nil)
		if change != "" {
			if stop, err = o.Outcome(change); err != nil {
				return err
			}
		} else if !o.Result.OK() {
			return o.Refuse(ctx, s)
		}
		if stop != nil && !stop.Verdict.Fails() {
			stop = nil // it applies: open the whole tree
		}
		head, err := o.StoreUpTo(ctx, s.Config.Name, stop)
		if err != nil {
			return err
		}
		repo, err := u.WorkTree(ctx, s, dir, "howdah", head)
		if errors.Is(err, fs.ErrExist) {
			return taken(dir)
		}
		if err != nil {
			return fault.Program(err, filepath.Dir(s.Path(dir)), s.Config.Cache.In())
		}
		defer repo.Close()
		at := ""
		if stop != nil {
			at = stop.Change.Name
		}
		for name, value := range map[string]string{"pin": string(u.Pin.Commit), "head": string(head), "change": at,
			"date": o.Day.Format(time.DateOnly), "without": strings.Join(chosen.Without, ",")} {
			if _, err := repo.Run(ctx, "config", "howdah."+name, value); err != nil {
				return err
			}
		}
		s.Term.Answerf("%s  %s on upstream %s", dir, head.Short(), u.Pin.Commit.Short())
		if stop == nil {
			s.Term.Sayf("edit there, one commit a change (its subject is the change's name), then: %s",
				s.Line(target.PatchSave, "-dir="+dir))
			return nil
		}
		w := opened{repo: repo, s: s, dir: dir}
		if err := w.setSubject(stop.Change.Name); err != nil {
			return err
		}
		failing, err := o.Followed(ctx, *stop)
		if err != nil {
			return err
		}
		begun, err := apply.Begun(ctx, o.Series, o.Inputs, *failing)
		if err != nil {
			return err
		}
		if err := w.writeConflict(ctx, *failing, begun); err != nil {
			return err
		}
		w.sayOthers(o.Result, stop)
		return nil
	})
}

// taken returns the error for a folder that exists.
func taken(dir string) error {
	return fault.New(fault.Usage, "%s exists already", dir).
		WithHint("save what is in it (%s), then remove it: rm -r %s", target.PatchSave.Command("-dir="+dir), fault.Word(dir))
}

// putIn writes a file of a tree below root, or removes it.
func putIn(root *os.Root, name string, f *tree.File) error {
	native := filepath.FromSlash(name)
	if err := root.RemoveAll(native); err != nil || f == nil {
		return err
	}
	if err := root.MkdirAll(filepath.Dir(native), 0o755); err != nil {
		return err
	}
	switch f.Mode {
	case tree.Symlink:
		return root.Symlink(string(f.Data), native)
	case tree.Executable:
		return root.WriteFile(native, f.Data, 0o755)
	}
	return root.WriteFile(native, f.Data, 0o644)
}
