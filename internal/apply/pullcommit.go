package apply

import (
	"context"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Step is the trees before and after one commit.
type Step struct{ Before, After *tree.Tree }

// StepsOf converts pairs of trees (before, after) to steps.
func StepsOf(trees [][2]*tree.Tree) []Step {
	out := make([]Step, len(trees))
	for i, t := range trees {
		out[i] = Step{Before: t[0], After: t[1]}
	}
	return out
}

// Replay returns the two sides of a pull request whose own commits lie between rewritten copies of upstream's
// commits. Base is the tree before the first own commit; head is the result of merging each of the others onto it.
func Replay(ctx context.Context, c *series.Change, steps []Step) (base, head *tree.Tree, err error) {
	if len(steps) == 0 {
		return nil, nil, fault.New(fault.Usage, "%s has no commit that upstream lacks, so there is nothing to import", c.Pull)
	}
	base, head = steps[0].Before, steps[0].After
	for i, step := range steps[1:] {
		one := *c
		one.Kind = series.KindPull
		result, err := Apply(ctx, (&series.Series{Changes: []*series.Change{&one}}), Inputs{Base: head, Sources: step})
		if err != nil {
			return nil, nil, err
		}
		if o := result.Outcomes[0]; o.Verdict.Fails() {
			return nil, nil, fault.New(fault.Usage, "%s mixes upstream's commits with its own, and its own commit %d "+
				"conflicts with the pull request's earlier commits: %s", c.Pull, i+2, o.Message).
				WithHint("rebase the branch onto upstream, or take its diff as a patch")
		}
		head = result.Tree
	}
	return base, head, nil
}

var _ Sources = Step{}

// Commit returns the tree before the step, for any commit: a Step is a [Sources].
func (s Step) Commit(context.Context, string, tree.ID) (*tree.Tree, error) { return s.Before, nil }

// Pull returns the trees before and after the step as the sides of a pull request.
func (s Step) Pull(context.Context, *series.Change) (base, head *tree.Tree, err error) {
	return s.Before, s.After, nil
}
