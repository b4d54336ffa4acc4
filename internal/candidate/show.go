package candidate

import (
	"context"
	"time"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
	"github.com/howdah/howdah/internal/view"
)

// Show runs patch:show: one change, its verdict and its diff. It exits as a check of this change alone.
func Show(ctx context.Context, s *session.Session, o Options, name string) error {
	if err := Exists(s, name); err != nil {
		return err
	}
	return At(ctx, s, o, func(u Upstream) error {
		c, err := u.Judge(ctx, s)
		if err != nil {
			return err
		}
		if c, err = c.explainOrWarn(ctx, s); err != nil {
			return err
		}
		out, err := c.Outcome(name)
		if err != nil {
			return err
		}
		one := view.Check{
			Distribution: s.Distribution(), One: true, Exit: (&verdict.Result{Outcomes: []verdict.Outcome{*out}}).Exit(false),
			OK: !out.Verdict.Fails(), Upstream: u.Report(), Date: c.Day.Format(time.DateOnly),
			Changes: []view.Change{c.changeOf(*out, s.Caller)},
		}
		s.Term.Answer(one.Text(s.Caller))
		if err := u.AnswerDiff(ctx, s, out.Before, out.After); err != nil {
			return err
		}
		return session.Exit(one.Exit, nil)
	})
}

// Diff runs patch:diff: what the series, or one change, does to the tree; change "" means the series.
func Diff(ctx context.Context, s *session.Session, o Options, change string) error {
	if err := Exists(s, change); err != nil {
		return err
	}
	return At(ctx, s, o, func(u Upstream) error {
		c, err := u.Judge(ctx, s)
		if err != nil {
			return err
		}
		before, after := u.Facts.Tree, c.Result.Tree
		if change != "" {
			out, err := c.Outcome(change)
			if err != nil {
				return err
			}
			if out.Verdict.Fails() { // it does nothing to the tree
				return c.Refuse(ctx, s)
			}
			before, after = out.Before, out.After
		} else if !c.Result.OK() {
			return c.Refuse(ctx, s)
		}
		return u.AnswerDiff(ctx, s, before, after)
	})
}

// AnswerDiff prints the difference between two trees of the series: in git's form for another program, and of binary
// files only the sizes for a person.
func (u Upstream) AnswerDiff(ctx context.Context, s *session.Session, a, b *tree.Tree) error {
	data, err := u.diffTrees(ctx, a, b)
	if err != nil {
		return err
	}
	s.Term.AnswerDiff(data, diff.Brief)
	return nil
}

// diffTrees returns the difference between two trees of the series in git's form.
func (u Upstream) diffTrees(ctx context.Context, a, b *tree.Tree) ([]byte, error) {
	if a == nil || b == nil || a.Root() == b.Root() {
		return nil, nil
	}
	for _, t := range []*tree.Tree{a, b} {
		objects, err := t.Objects(ctx)
		if err != nil {
			return nil, err
		}
		if err := u.Mirror.Repo.Write(ctx, objects); err != nil {
			return nil, err
		}
	}
	return u.Mirror.Repo.Run(ctx, "diff-tree", "-p", "--full-index", "--binary", "-M", "--no-color", "--no-ext-diff",
		"--no-textconv",
		string(a.Root()), string(b.Root()))
}
