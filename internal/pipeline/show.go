package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/tree"
)

// Show is patch:show: one change, its fate and its diff.
func (p *Pipeline) Show(ctx context.Context, c Choice, name string) error {
	if err := p.exists(&name); err != nil {
		return err
	}
	return p.at(ctx, c, func(r *resolved) error {
		o, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		if err := p.explain(ctx, o); err != nil {
			return err
		}
		out, err := o.outcome(name)
		if err != nil {
			return err
		}
		one := report.Check{OK: !out.Verdict.Fails(), Upstream: upstreamOf(r.pin, r.facts), Date: o.day.Format("2006-01-02"), Changes: []report.Change{o.changeOf(*out, p.caller)}}
		p.term.Answer(one.Text(p.caller))
		diff, err := o.diff(ctx, out.Before, out.After)
		if err != nil {
			return err
		}
		p.term.AnswerDiff(diff)
		return nil
	})
}

// outcome finds one change's; a name that stands twice is the one that is not idle.
func (o *patched) outcome(name string) (*patch.Outcome, error) {
	var found *patch.Outcome
	var names []string
	for i := range o.result.Outcomes {
		out := &o.result.Outcomes[i]
		names = append(names, out.Change.Name)
		if out.Change.Name == name && (found == nil || found.Verdict == patch.Idle) {
			found = out
		}
	}
	if found == nil {
		return nil, fault.New(fault.Usage, "there is no change %q", name).WithHint("there are %v", names)
	}
	return found, nil
}

// diff is what leads from one tree of the series to another, as git writes it.
func (o *patched) diff(ctx context.Context, a, b *tree.Tree) ([]byte, error) {
	if a == nil || b == nil || a.Root() == b.Root() {
		return nil, nil
	}
	for _, t := range []*tree.Tree{a, b} {
		objects, err := t.Objects(ctx)
		if err != nil {
			return nil, err
		}
		if err := o.mirror.Repo.Write(ctx, objects); err != nil {
			return nil, err
		}
	}
	return o.mirror.Repo.Run(ctx, "diff-tree", "-p", "--full-index", "--binary", "-M", "--no-color", "--no-ext-diff", "--no-textconv", string(a.Root()), string(b.Root()))
}

// Diff is patch:diff.
func (p *Pipeline) Diff(ctx context.Context, c Choice, change *string) error {
	if err := p.exists(change); err != nil {
		return err
	}
	return p.at(ctx, c, func(r *resolved) error {
		o, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		before, after := r.facts.Tree, o.result.Tree
		if change != nil {
			out, err := o.outcome(text(change))
			if err != nil {
				return err
			}
			before, after = out.Before, out.After
		} else if !o.result.OK() {
			return p.refuse(ctx, o)
		}
		diff, err := o.diff(ctx, before, after)
		if err != nil {
			return err
		}
		p.term.AnswerDiff(diff)
		return nil
	})
}

// Checkout is patch:checkout: the patched tree in a folder that must not be there yet.
func (p *Pipeline) Checkout(ctx context.Context, c Choice, dir string) error {
	if strings.HasPrefix(dir, "-") {
		return fault.New(fault.Usage, "patch:checkout wants a folder before its flags, and got %q", dir).
			WithHint("patch:checkout FOLDER; ./%s is a folder's name too", dir)
	}
	return p.at(ctx, c, func(r *resolved) (err error) {
		o, err := p.patch(ctx, r)
		if err != nil {
			return err
		}
		if _, err := r.mirror.Prefetch(ctx, r.pin.Commit); err != nil {
			return err
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			if errors.Is(err, fs.ErrExist) {
				return fault.New(fault.Usage, "%s is there already", dir).WithHint("name a new folder: nothing is overwritten")
			}
			return fault.New(fault.Usage, "making the folder: %w", err)
		}
		stage := p.story.Stage("writing " + dir)
		defer func() {
			if closeFailed(stage, err); err != nil {
				err = errors.Join(err, os.RemoveAll(dir))
			}
		}()
		n, err := writeTree(ctx, o.tree, dir)
		if err != nil {
			return err
		}
		stage.End("%d files", n)
		p.term.Answerf("%s %s", dir, o.tree.Root())
		return nil
	})
}

// writeTree writes a tree's files into an empty folder, symbolic links last, so that none is written through one.
func writeTree(ctx context.Context, t *tree.Tree, dir string) (int, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, err
	}
	defer closeQuietly(root)
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
