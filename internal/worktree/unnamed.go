package worktree

import (
	"context"
	"slices"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// refuseUnnamed refuses a commit that has no change's name and touches a file of the change that the work tree was
// opened to resolve, if no commit has that name: it would become a second change, and the first would still fail.
func (s *saving) refuseUnnamed(ctx context.Context) error {
	name := s.w.change
	out, err := s.o.Outcome(name)
	if name == "" || err != nil || !out.Verdict.Fails() || s.w.has(name) {
		return nil //nolint:nilerr // the series has no such change any more
	}
	paths, err := s.pathsOf(ctx, out)
	if err != nil {
		return err
	}
	for i, c := range s.w.commits {
		if _, err := s.o.Outcome(c.name); err == nil {
			continue
		}
		touched, err := tree.Compare(ctx, c.before, c.after)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(touched, func(d tree.Delta) bool { return slices.Contains(paths, d.Path) }) {
			continue
		}
		dir := fault.Word(s.w.dir)
		rename := fault.Hintf("if it is the resolution: git -C %s commit --amend -m %s", dir, name)
		if i < len(s.w.commits)-1 {
			rename = fault.Hintf("if it is the resolution, call it %s: git -C %s rebase -i %s^", name, dir, c.id.Short())
		}
		return fault.New(fault.Usage, "%s was opened to resolve %s, which no commit is called; %s, %q, touches its files",
			s.w.dir, name, c.id.Short(), c.subject).
			WithHint("%s", fault.Lines(rename, fault.Hintf("if it is a change of its own, first remove the other: %s",
				target.PatchRemove.Command(name))))
	}
	return nil
}

// pathsOf returns the paths that a change names, and those to which upstream moved them.
func (s *saving) pathsOf(ctx context.Context, o *verdict.Outcome) ([]string, error) {
	paths, err := apply.Paths(ctx, o.Change, s.o.Inputs.Sources)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		if to := o.MovedTo(p); to != "" {
			paths = append(paths, to)
		}
	}
	return paths, nil
}
