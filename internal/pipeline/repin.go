package pipeline

import (
	"context"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// PinChange is patch:pin: a reviewed commit becomes the one that a pull, or an overlay from another repository, is
// taken at. What differs is shown.
func (p *Pipeline) PinChange(ctx context.Context, name string, commit *string, dry *bool) error {
	if err := p.exists(&name); err != nil {
		return err
	}
	if commit != nil && !tree.ID(text(commit)).Valid() {
		return fault.New(fault.Usage, "%q is no commit of 40 hex digits", text(commit))
	}
	return p.at(ctx, Choice{}, func(r *resolved) error {
		series, _, err := p.load()
		if err != nil {
			return err
		}
		c, err := find(series, name)
		if err != nil {
			return err
		}
		at, err := pinOf(c)
		if err != nil {
			return err
		}
		to := tree.ID(text(commit))
		if commit == nil {
			if to, err = p.newest(ctx, r, c); err != nil {
				return err
			}
		}
		if to == at {
			p.term.Answerf("%s stays at %s", name, to)
			return nil
		}
		before, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		e := p.edition()
		if err := p.repin(ctx, e, before, c, to); err != nil {
			return err
		}
		o, err := e.try(ctx, r)
		if err != nil {
			return err
		}
		out, err := o.outcome(name)
		if err != nil {
			return err
		}
		if c.Kind == patch.KindPull {
			err = p.rangeDiff(ctx, r, c, to)
		} else if was, failed := before.outcome(name); failed == nil {
			err = p.overlayDiff(ctx, o, was, out)
		}
		if err != nil {
			return err
		}
		p.term.Answerf("%s  %s: %s → %s", out.Verdict, name, at.Short(), to)
		if out.Verdict == patch.Refused {
			return p.refuse(ctx, o)
		}
		if err := e.write(ctx, o, set(dry)); err != nil || o.result.OK() {
			return err
		}
		return p.refuse(ctx, o)
	})
}

// pinOf is the commit that a change is taken at.
func pinOf(c *patch.Change) (tree.ID, error) {
	switch {
	case c.Kind == patch.KindPull:
		return c.Commit, nil
	case c.Kind == patch.KindOverlay && c.Overlay.Repository != "":
		return c.Overlay.Commit, nil
	}
	return "", fault.New(fault.Usage, "change %q takes nothing from another repository: it has no pin", c.Name).At(c.File, c.Line)
}

// newest is where what a change takes from another repository is now.
func (p *Pipeline) newest(ctx context.Context, r *resolved, c *patch.Change) (tree.ID, error) {
	if c.Kind == patch.KindOverlay {
		refs, err := r.mirror.Repo.LsRemote(ctx, c.Overlay.Repository, "HEAD")
		if err != nil {
			return "", fault.New(fault.Retry, "asking %s where it is: %w", c.Overlay.Repository, err).WithHint("try again later, or name the commit: -commit=")
		}
		if refs["HEAD"] == "" {
			return "", fault.New(fault.Usage, "%s names no default branch", c.Overlay.Repository).WithHint("name the commit: -commit=")
		}
		return refs["HEAD"], nil
	}
	ref, err := upstream.ParsePull(c.Pull)
	if err != nil {
		return "", err
	}
	if ref.Number == "" {
		return "", fault.New(fault.Usage, "%q is a commit of %s, and no pull request: there is nothing to ask", c.Name, c.Pull).At(c.File, c.Line).
			WithHint("name the one that you reviewed: %s", target.PatchPin.Command(c.Name, "-commit=…"))
	}
	to, err := r.mirror.PullHead(ctx, ref)
	if err == nil && to == "" {
		return "", fault.New(fault.Usage, "there is no pull request %s any more", c.Pull).At(c.File, c.Line).
			WithHint("the pinned commit stays; another is named with -commit=")
	}
	return to, err
}

// repin writes the pin, and the checksum that went with it, into an edition.
func (p *Pipeline) repin(ctx context.Context, e *edition, before *patched, c *patch.Change, to tree.ID) error {
	folder, err := p.folderOf(c)
	if err != nil {
		return err
	}
	d, err := e.document(folder)
	if err != nil {
		return err
	}
	if c.Kind == patch.KindPull {
		return d.SetCommit(c, to)
	}
	sum := ""
	if c.Overlay.Sum != "" {
		if sum, err = before.series.OverlaySum(ctx, before.in, c, to); err != nil {
			return err
		}
	}
	return d.SetOverlayCommit(c, to, sum)
}

// overlayDiff shows what an overlay does otherwise.
func (p *Pipeline) overlayDiff(ctx context.Context, o *patched, was, now *patch.Outcome) error {
	diff, err := o.diff(ctx, was.After, now.After)
	if err != nil {
		return err
	}
	p.term.AnswerDiff(diff)
	return nil
}

// rangeDiff shows how the commits of a pull differ between its pin and another head.
func (p *Pipeline) rangeDiff(ctx context.Context, r *resolved, c *patch.Change, to tree.ID) error {
	ref, err := upstream.ParsePull(c.Pull)
	if err != nil {
		return err
	}
	before, err := r.mirror.Pull(ctx, ref, c.Commit, r.pin.Commit)
	if err != nil {
		return err
	}
	after, err := r.mirror.Pull(ctx, ref, to, r.pin.Commit)
	if err != nil {
		return err
	}
	out, err := r.mirror.RangeDiff(ctx, ref, before, after)
	if err != nil {
		return err
	}
	p.term.AnswerBytes(out)
	return nil
}
