package pipeline

import (
	"context"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// try judges the series as it would be. What was taken has to apply, and to lead to the work tree's own tree, before
// anything is written.
func (s *saving) try(ctx context.Context) (*patched, error) {
	after, err := s.e.try(ctx, s.o.resolved)
	if err != nil {
		return nil, err
	}
	for _, name := range s.taken {
		out, err := after.outcome(name)
		if err != nil {
			return nil, err
		}
		if out.Verdict.Fails() {
			s.p.term.Warnf("nothing is written: as it was committed, %s would be %s", name, out.Verdict)
			return nil, s.p.refuse(ctx, after)
		}
	}
	alike, err := s.alike(ctx, after)
	if err != nil {
		return nil, err
	}
	head := s.w.line[len(s.w.line)-1].after
	deltas, err := tree.Compare(ctx, alike, head)
	if err != nil {
		return nil, err
	}
	if len(deltas) > 0 {
		return nil, fault.New(fault.Gate, "the series would not give what is in %s: %s would differ, %s first; nothing is written", s.w.dir, count(len(deltas), "file"), deltas[0].Path).
			WithHint("the series keeps its order: put the commits in that order, and save again")
	}
	return after, nil
}

// alike is the tree that the series gives with no other changes than the work tree's.
func (s *saving) alike(ctx context.Context, after *patched) (*tree.Tree, error) {
	last, without := 0, []string{}
	for i, out := range after.result.Outcomes {
		if s.w.has(out.Change.Name) {
			last = i
		}
	}
	for _, out := range after.result.Outcomes[:last] {
		if out.Verdict.Applies() && !s.w.has(out.Change.Name) {
			without = append(without, out.Change.Name)
		}
	}
	if len(without) > 0 {
		r := *s.o.resolved
		all := strings.Join(without, ",")
		r.choice.Without = &all
		var err error
		if after, err = s.e.try(ctx, &r); err != nil {
			return nil, err
		}
	}
	return after.result.Outcomes[last].After, nil
}
