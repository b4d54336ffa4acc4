package worktree

import (
	"context"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/tree"
)

// try judges the series as it will be. The taken changes have to apply, and to produce the work tree's own tree,
// before anything is written.
func (s *saving) try(ctx context.Context) (*candidate.Candidate, error) {
	after, err := s.e.Try(ctx, s.o.Upstream)
	if err != nil {
		return nil, err
	}
	for _, name := range s.taken {
		out, err := after.Outcome(name)
		if err != nil {
			return nil, err
		}
		if out.Verdict.Fails() {
			s.s.Term.Warnf("nothing is written: with this commit, %s would have the verdict %s", name, out.Verdict)
			return nil, after.Refuse(ctx, s.s)
		}
	}
	saved, err := s.treeOfCommits(ctx, after)
	if err != nil {
		return nil, err
	}
	head := s.w.commits[len(s.w.commits)-1].after
	deltas, err := tree.Compare(ctx, saved, head)
	if err != nil {
		return nil, err
	}
	if len(deltas) > 0 {
		return nil, fault.New(fault.Gate, "the saved series would give another tree than %s: %s would differ, %s "+
			"first; nothing is written", s.w.dir, plural.Of(len(deltas), "file"), deltas[0].Path).
			WithHint("the series keeps the order of its changes: put the commits in that order (git -C %s rebase -i %s), "+
				"and save again",
				fault.Word(s.w.dir), s.w.pin)
	}
	return after, nil
}

// treeOfCommits returns the tree of the series with only those changes that the work tree has.
func (s *saving) treeOfCommits(ctx context.Context, after *candidate.Candidate) (*tree.Tree, error) {
	last, without := 0, []string{}
	for i, out := range after.Result.Outcomes {
		if s.w.has(out.Change.Name) {
			last = i
		}
	}
	for _, out := range after.Result.Outcomes[:last] {
		if out.Verdict.Applies() && !s.w.has(out.Change.Name) {
			without = append(without, out.Change.Name)
		}
	}
	if len(without) > 0 {
		u := s.o.Upstream
		u.Options.Without = without
		var err error
		if after, err = s.e.Try(ctx, u); err != nil {
			return nil, err
		}
	}
	return after.Result.Outcomes[last].After, nil
}
