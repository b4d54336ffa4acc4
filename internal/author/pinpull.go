package author

import (
	"context"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Pin runs patch:pin: it sets the commit of a pull request, or of an overlay from another repository, to one that a
// person has reviewed, and shows what differs.
func (a *Author) Pin(ctx context.Context, name string, commit tree.ID) error {
	if err := candidate.Exists(a.s, name); err != nil {
		return err
	}
	return candidate.At(ctx, a.s, a.o, func(u candidate.Upstream) error {
		whole, err := candidate.Series(a.s)
		if err != nil {
			return err
		}
		c, err := candidate.Find(whole, name)
		if err != nil {
			return err
		}
		at, err := pinOf(c)
		if err != nil {
			return err
		}
		to := commit
		if to == "" {
			if to, err = a.newest(ctx, u, c); err != nil {
				return err
			}
		}
		if to == at {
			a.s.Term.Answerf("%s stays at %s", name, to)
			return nil
		}
		before, err := u.Judge(ctx, a.s)
		if err != nil {
			return err
		}
		e := a.writer()
		if err := a.repin(ctx, e, before, c, to); err != nil {
			return err
		}
		o, err := e.Try(ctx, u)
		if err != nil {
			return err
		}
		out, err := o.Outcome(name)
		if err != nil {
			return err
		}
		if c.Kind == series.KindPull {
			err = a.rangeDiff(ctx, u, c, to)
		} else if was, failed := before.Outcome(name); failed == nil {
			err = a.overlayDiff(ctx, o, was, out)
		}
		if err != nil {
			return err
		}
		a.s.Term.Answerf("%s  %s: %s → %s", out.Verdict, name, at.Short(), to)
		if out.Verdict == verdict.Refused {
			return o.Refuse(ctx, a.s)
		}
		if err := e.Write(ctx, o); err != nil || o.Result.OK() {
			return err
		}
		return o.Refuse(ctx, a.s)
	})
}

// pinOf returns the commit that a change is pinned to.
func pinOf(c *series.Change) (tree.ID, error) {
	switch {
	case c.Kind == series.KindPull:
		return c.Commit, nil
	case c.Kind == series.KindOverlay && c.Overlay.Repository != "":
		return c.Overlay.Commit, nil
	}
	return "", fault.New(fault.Usage, "change %q takes nothing from another repository, so there is no commit to "+
		"pin", c.Name).At(c.File, c.Line)
}

// newest returns the newest commit of what a change takes from another repository.
func (a *Author) newest(ctx context.Context, u candidate.Upstream, c *series.Change) (tree.ID, error) {
	if c.Kind == series.KindOverlay {
		refs, err := u.Mirror.Repo.LsRemote(ctx, c.Overlay.Repository, "HEAD")
		if err != nil {
			return "", fault.New(fault.Retry, "asking %s for its newest commit: %w", c.Overlay.Repository, err).
				WithHint("try again later, or name the commit: -commit=")
		}
		if refs["HEAD"] == "" {
			return "", fault.New(fault.Usage, "%s names no default branch", c.Overlay.Repository).
				WithHint("name the commit: -commit=")
		}
		return refs["HEAD"], nil
	}
	ref, err := pullref.Parse(c.Pull)
	if err != nil {
		return "", err
	}
	if ref.Number == "" {
		return "", fault.New(fault.Usage, "%q comes from a commit of %s, not from a pull request, so its newest commit "+
			"cannot be looked up", c.Name,
			c.Pull).At(c.File, c.Line).
			WithHint("name the commit that you reviewed: %s", target.PatchPin.Command(c.Name, "-commit=…"))
	}
	to, err := u.Mirror.PullHead(ctx, ref)
	if err == nil && to == "" {
		return "", fault.New(fault.Usage, "there is no pull request %s any more", c.Pull).At(c.File, c.Line).
			WithHint("the pinned commit stays; another is named with -commit=")
	}
	return to, err
}

// repin writes the pin, and its checksum, into the series.
func (a *Author) repin(ctx context.Context, e *serieswriter.Writer, before *candidate.Candidate, c *series.Change,
	to tree.ID) error {
	folder, err := e.FolderOf(c)
	if err != nil {
		return err
	}
	d, err := e.Document(folder)
	if err != nil {
		return err
	}
	if c.Kind == series.KindPull {
		return d.SetCommit(c, to)
	}
	sum := ""
	if c.Overlay.Sum != "" {
		if sum, err = apply.OverlaySum(ctx, before.Series, before.Inputs, c, to); err != nil {
			return err
		}
	}
	return d.SetOverlayCommit(c, to, sum)
}

// overlayDiff prints what an overlay changes in its files.
func (a *Author) overlayDiff(ctx context.Context, o *candidate.Candidate, was, now *verdict.Outcome) error {
	return o.Upstream.AnswerDiff(ctx, a.s, was.After, now.After)
}

// rangeDiff prints how the commits of a pull request differ between its pin and another head.
func (a *Author) rangeDiff(ctx context.Context, u candidate.Upstream, c *series.Change, to tree.ID) error {
	ref, err := pullref.Parse(c.Pull)
	if err != nil {
		return err
	}
	before, err := u.Mirror.Pull(ctx, ref, c.Commit, u.Pin.Commit)
	if err != nil {
		return err
	}
	after, err := u.Mirror.Pull(ctx, ref, to, u.Pin.Commit)
	if err != nil {
		return err
	}
	out, err := u.Mirror.RangeDiff(ctx, ref, before, after)
	if err != nil {
		return err
	}
	a.s.Term.AnswerBytes(out)
	return nil
}
