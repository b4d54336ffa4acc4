package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
)

// workDir is where patch:new opens the patched tree, unless -dir= names another folder.
func (p *Pipeline) workDir(dir *string) string {
	if dir != nil {
		return text(dir)
	}
	return p.cfg.Result("tree")
}

// New is patch:new: the patched tree as a git work tree, one commit a change. With a change that does not apply, the
// tree is as before it, with both sides of each conflict written into the files.
func (p *Pipeline) New(ctx context.Context, c Choice, dir, change *string) error {
	if err := p.exists(change); err != nil {
		return err
	}
	return p.at(ctx, c, func(r *resolved) error {
		o, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		stop := (*patch.Outcome)(nil)
		if change != nil {
			if stop, err = o.outcome(text(change)); err != nil {
				return err
			}
		} else if !o.result.OK() {
			return p.refuse(ctx, o)
		}
		if stop != nil && !stop.Verdict.Fails() {
			stop = nil // it applies: nothing to resolve, the whole tree is opened
		}
		head, err := o.chainTo(ctx, p.cfg.Name, stop)
		if err != nil {
			return err
		}
		if _, err := r.mirror.Prefetch(ctx, r.pin.Commit); err != nil {
			return err
		}
		where := p.workDir(dir)
		w, err := r.mirror.Repo.NewWorkTree(ctx, where, "howdah", head)
		if errors.Is(err, fs.ErrExist) {
			return fault.New(fault.Usage, "%s is there already", where).WithHint("save what is in it (%s), or remove it", target.PatchSave.Command())
		}
		if err != nil {
			return err
		}
		defer closeQuietly(w)
		for name, value := range map[string]string{"pin": string(r.pin.Commit), "head": string(head), "date": o.day.Format(time.DateOnly), "without": strings.Join(list(c.Without), ",")} {
			if _, err := w.Run(ctx, "config", "howdah."+name, value); err != nil {
				return err
			}
		}
		p.term.Answerf("%s  %s on upstream %s", where, head.Short(), r.pin.Commit.Short())
		if stop == nil {
			p.term.Sayf("edit there, one commit a change (its subject is the change's name), then: %s", p.caller.Line(target.PatchSave.Command("-dir="+where)))
			return nil
		}
		begun, err := o.series.Begun(ctx, o.in, *stop)
		if err != nil {
			return err
		}
		return p.writeConflict(ctx, w, where, *stop, begun)
	})
}

// writeConflict writes a conflict's files with both sides and their base, and what of the change can be done. In the
// work tree's index they are unmerged, as git leaves a merge of its own.
func (p *Pipeline) writeConflict(ctx context.Context, w *git.Repo, dir string, o patch.Outcome, begun map[string]*tree.File) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer closeQuietly(root)
	for _, name := range slices.Sorted(maps.Keys(begun)) {
		if err := putIn(root, name, begun[name]); err != nil {
			return err
		}
	}
	if len(begun) > 0 {
		p.term.Sayf("the rest of %s is done: %s", o.Change.Name, count(len(begun), "file"))
	}
	seen := map[string]bool{}
	for _, u := range o.Unmerged {
		if seen[u.File] {
			continue
		}
		seen[u.File] = true
		if err := w.Unmerge(ctx, u.File, u.Sides()); err != nil {
			return err
		}
		p.term.Answerf("  %s", u.File)
		if u.Binary() {
			p.term.Sayf("%s is upstream's there; this takes the change's: git -C %s checkout --theirs %s", u.File, dir, u.File)
			continue
		}
		if err := root.WriteFile(filepath.FromSlash(u.File), u.Marked(), 0o644); err != nil {
			return err
		}
	}
	if len(seen) == 0 {
		p.term.Answerf("  %s: %s", o.Verdict, o.Message)
	}
	p.term.Sayf("resolve it there, git add -A, commit with the subject %q, then: %s", o.Change.Name, p.caller.Line(target.PatchSave.Command("-dir="+dir)))
	return nil
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

// chainTo commits the changes that apply, up to one that does not, into the mirror; nil is all.
func (o *patched) chainTo(ctx context.Context, name string, stop *patch.Outcome) (tree.ID, error) {
	parent := o.pin.Commit
	var objects []tree.Object
	for i := range o.result.Outcomes {
		c := &o.result.Outcomes[i]
		if c == stop {
			break
		}
		if !c.Verdict.Applies() {
			continue
		}
		trees, err := c.After.Objects(ctx)
		if err != nil {
			return "", err
		}
		commit := o.commitOf(name, *c, parent)
		objects, parent = append(append(objects, trees...), commit), commit.ID
	}
	seen := map[tree.ID]bool{}
	once := objects[:0]
	for _, object := range objects {
		if !seen[object.ID] {
			seen[object.ID] = true
			once = append(once, object)
		}
	}
	return parent, o.mirror.Repo.Write(ctx, once)
}
