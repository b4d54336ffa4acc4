package author

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
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
)

// workDir is where patch:new opens the patched tree, unless -dir= names another folder.
func (a *Author) workDir(dir string) string {
	if dir == "" {
		return a.s.Config.Result("tree")
	}
	return dir
}

// New is patch:new: the patched tree as a git work tree, one commit a change. With a change that does not apply, the
// tree is as before it, with both sides of each conflict written into the files.
func (a *Author) New(ctx context.Context, dir, change string) error {
	if err := candidate.Exists(a.s, change); err != nil {
		return err
	}
	if err := a.s.New(a.workDir(dir)); err != nil {
		return a.there(a.workDir(dir))
	}
	return candidate.At(ctx, a.s, a.o, func(u candidate.Upstream) error {
		o, err := u.Judge(ctx, a.s)
		if err != nil {
			return err
		}
		stop := (*apply.Outcome)(nil)
		if change != "" {
			if stop, err = o.Outcome(change); err != nil {
				return err
			}
		} else if !o.Result.OK() {
			return o.Refuse(ctx, a.s)
		}
		if stop != nil && !stop.Verdict.Fails() {
			stop = nil // it applies: nothing to resolve, the whole tree is opened
		}
		head, err := o.StoreUpTo(ctx, a.s.Config.Name, stop)
		if err != nil {
			return err
		}
		if _, err := u.Mirror.Prefetch(ctx, u.Pin.Commit); err != nil {
			return err
		}
		where := a.workDir(dir)
		w, err := u.Mirror.Repo.NewWorkTree(ctx, a.s.Path(where), "howdah", head)
		if errors.Is(err, fs.ErrExist) {
			return a.there(where)
		}
		if err != nil {
			return err
		}
		defer closeQuietly(w)
		for name, value := range map[string]string{"pin": string(u.Pin.Commit), "head": string(head),
			"date": o.Day.Format(time.DateOnly), "without": strings.Join(a.o.Without, ",")} {
			if _, err := w.Run(ctx, "config", "howdah."+name, value); err != nil {
				return err
			}
		}
		a.s.Term.Answerf("%s  %s on upstream %s", where, head.Short(), u.Pin.Commit.Short())
		if stop == nil {
			a.s.Term.Sayf("edit there, one commit a change (its subject is the change's name), then: %s",
				a.s.Line(target.PatchSave, "-dir="+where))
			return nil
		}
		if err := a.setSubject(where, stop.Change.Name); err != nil {
			return err
		}
		begun, err := apply.Begun(ctx, o.Series, o.Inputs, *stop)
		if err != nil {
			return err
		}
		if err := a.writeConflict(ctx, w, where, *stop, begun); err != nil {
			return err
		}
		a.sayOthers(o.Result, stop)
		return nil
	})
}

// there is the error of a work tree in the way.
func (a *Author) there(where string) error {
	return fault.New(fault.Usage, "%s is there already", where).
		WithHint("save what is in it (%s), or remove it", target.PatchSave.Command())
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
