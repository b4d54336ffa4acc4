package apply

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
	"github.com/howdah/howdah/internal/verdict"
)

// content merges one file three-way. It returns nil if there is a conflict, which it has recorded.
func (r *Run) content(j *judgement, at string, ours *tree.File, one treediff.FileChange) *tree.File {
	pre := one.Pre
	if pre == nil {
		pre = &tree.File{}
	}
	mode, ok := mergeMode(pre.Mode, ours.Mode, one.Post.Mode)
	if !ok {
		j.worsen(verdict.Conflict, fmt.Sprintf("%s has mode %s upstream, the change gives it %s", at, ours.Mode,
			one.Post.Mode))
		j.at = append(j.at, verdict.Place{File: at})
		j.unmerged.AddModes(at, [3]*tree.File{one.Pre, ours, one.Post})
		return nil
	}
	out := &tree.File{Mode: mode, Data: one.Post.Data}
	switch {
	case bytes.Equal(ours.Data, one.Post.Data):
		n := parts(pre.Data, one.Post.Data)
		j.parts += n
		if ours.Mode == mode {
			for range n {
				j.idle = append(j.idle, verdict.Place{File: at})
			}
		}
		return out
	case one.Pre != nil && bytes.Equal(ours.Data, pre.Data):
		j.parts += parts(pre.Data, one.Post.Data)
		return out
	case one.Pre != nil && bytes.Equal(pre.Data, one.Post.Data):
		j.parts++ // the mode alone
		out.Data = ours.Data
		return out
	}
	sides := [3]*tree.File{pre, ours, one.Post}
	if len(r.s.Resolutions) > 0 {
		if kept, ok := r.s.Resolutions[conflict.KeyOf(one.Pre, ours, one.Post).Name()]; ok {
			j.worsen(verdict.Merged, fmt.Sprintf("%s is taken from its kept resolution", at))
			j.parts++
			out.Data = kept
			return out
		}
	}
	if r.in.Brief && one.Pre != nil && !r.mayMerge(one, ours) {
		j.worsen(verdict.Conflict, at+alteredByBoth)
		return nil
	}
	if r.in.Rough && one.Pre != nil && mode != tree.Symlink {
		out.Data = r.memo.merges.get(one, ours)
		if j.parts++; out.Data == nil {
			j.worsen(verdict.Conflict, at+alteredByBoth)
			return nil
		}
		j.worsen(verdict.Merged, "")
		return out
	}
	if r.cost.chargeMerge(len(pre.Data)+len(ours.Data)+len(one.Post.Data), 0); r.cost.over() {
		return nil // judge refuses it
	}
	merged, conflicts, steps := diff.MergeCounted(pre.Data, ours.Data, one.Post.Data)
	r.cost.chargeMerge(0, steps)
	if one.Pre == nil || mode == tree.Symlink || diff.IsBinary(pre.Data) || diff.IsBinary(ours.Data) ||
		diff.IsBinary(one.Post.Data) || len(conflicts) > 0 {
		j.conflict(at, sides, conflict.KeyOf(one.Pre, ours, one.Post), conflicts)
		return nil
	}
	out.Data = merged
	r.cost.chargeMerge(0, j.classify(at, pre.Data, ours.Data, one.Post.Data, merged))
	return out
}

// merges caches merged files by change and upstream's file; when it holds too much, it starts over.
type merges struct {
	mu   sync.Mutex
	made map[mergeKey][]byte
	size int
}

type mergeKey struct {
	pre, post *tree.File
	ours      tree.ID
}

// get returns a change merged into a file; nil if there is a conflict.
func (m *merges) get(one treediff.FileChange, ours *tree.File) []byte {
	key := mergeKey{one.Pre, one.Post, ours.ID()}
	m.mu.Lock()
	merged, known := m.made[key]
	m.mu.Unlock()
	if known {
		return merged
	}
	merged, conflicts := diff.Merge(one.Pre.Data, ours.Data, one.Post.Data)
	if len(conflicts) > 0 || diff.IsBinary(one.Pre.Data) || diff.IsBinary(ours.Data) || diff.IsBinary(one.Post.Data) {
		merged = nil
	} else if merged == nil {
		merged = []byte{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size += len(merged); m.made == nil || m.size > maxJudged {
		m.made, m.size = map[mergeKey][]byte{}, len(merged)
	}
	m.made[key] = merged
	return merged
}

// mayMerge reports whether a merge of a change into a file can be free of conflicts; it is cheaper than the merge.
func (r *Run) mayMerge(one treediff.FileChange, ours *tree.File) bool {
	check, _ := r.memo.checks.get(context.Background(), [2]*tree.File{one.Pre, one.Post},
		func(context.Context) (diff.MergeCheck, error) {
			return diff.NewMergeCheck(one.Pre.Data, one.Post.Data), nil
		})
	return check.Possible(ours.Data)
}

// mergeMode merges the modes: the side that changed it wins.
func mergeMode(base, ours, theirs tree.Mode) (tree.Mode, bool) {
	switch {
	case theirs == base, ours == theirs:
		return ours, true
	case ours == base:
		return theirs, true
	}
	return 0, base == 0 && ours.IsRegular() && theirs.IsRegular()
}

// parts counts the parts of a change to one file: its hunks, or 1 for the file as a whole.
func parts(pre, post []byte) int {
	if diff.IsBinary(pre) || diff.IsBinary(post) {
		return 1
	}
	return max(1, len(diff.Diff(pre, post)))
}
