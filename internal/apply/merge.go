package apply

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
	"github.com/howdah/howdah/internal/verdict"
)

// merge applies one file of a change three-way: from its base to the file that upstream has now, wherever upstream
// has moved it.
func (r *Run) merge(ctx context.Context, c *series.Change, v view, s fileChanges, one treediff.FileChange) error {
	j := v.j
	if one.From == "" {
		return r.mergeNew(ctx, c, v, one)
	}
	ours, refused, err := v.lookup(ctx, one.From)
	if refused != nil {
		j.refuse(refused, c)
	}
	if err != nil || refused != nil {
		return err
	}
	at := one.From
	if ours == nil {
		j.searched = true
		j.searches++
		to, err := r.moved(ctx, s.base, one.From, one.Pre)
		if err != nil {
			return err
		}
		switch {
		case one.To == "" && to == "":
			j.parts++
			j.idle = append(j.idle, verdict.Place{File: one.From})
			return nil
		case to == "":
			j.baseless = j.baseless || c.Kind == series.KindPatch && s.base == nil // where it went can only be guessed
			if err = r.gone(ctx, c, one.From, j); err == nil && !r.brief() {
				r.shown.AddLacking(&j.unmerged, conflict.Region{File: one.From, Files: [3]*tree.File{one.Pre, nil, one.Post}})
			}
			return err
		}
		if ours, _, err = v.lookup(ctx, to); err != nil || ours == nil {
			return err
		}
		j.moves, j.followed, at = append(j.moves, verdict.Move{From: one.From, To: to}), true, to
		j.worsen(verdict.Merged, one.From+" was moved to "+to)
	}
	if one.To == "" {
		r.mergeRemoved(j, at, ours, one)
		return nil
	}
	to := one.To
	if one.From == one.To {
		to = at
	} else if at != one.From && at != to {
		j.worsen(verdict.Conflict, fmt.Sprintf("upstream moved %s to %s, the change moves it to %s", one.From, at, one.To))
		j.at = append(j.at, verdict.Place{File: at})
		j.unmerged.AddNames(at, ours, one)
		return nil
	}
	if to != at {
		there, refused, err := v.lookup(ctx, to)
		if err != nil {
			return err
		}
		if refused != nil {
			j.refuse(refused, c)
			return nil
		}
		if there != nil {
			j.files[at] = nil
			j.occupied(to, there, &tree.File{Mode: one.Post.Mode,
				Data: diff.MergeTheirs(one.Pre.Data, ours.Data, one.Post.Data)})
			return nil
		}
	}
	known := len(j.unmerged)
	merged := r.content(j, at, ours, one)
	if to != at {
		j.files[at] = nil
		for i := known; i < len(j.unmerged); i++ {
			j.unmerged[i].File = to
		}
	}
	if merged != nil {
		j.files[to] = merged
	}
	return nil
}

// mergeNew adds a file. If upstream has one at that path, it must be the same.
func (r *Run) mergeNew(ctx context.Context, c *series.Change, v view, one treediff.FileChange) error {
	j := v.j
	ours, refused, err := v.lookup(ctx, one.To)
	switch {
	case err != nil:
		return err
	case refused != nil:
		j.refuse(refused, c)
	case ours == nil:
		j.parts++
		j.files[one.To] = one.Post
	default:
		if merged := r.content(j, one.To, ours, one); merged != nil {
			j.files[one.To] = merged
		}
	}
	return nil
}

// mergeRemoved removes the file at a path, if it is still the one that the change removed.
func (r *Run) mergeRemoved(j *judgement, at string, ours *tree.File, one treediff.FileChange) {
	j.parts++
	if bytes.Equal(ours.Data, one.Pre.Data) {
		j.files[at] = nil
		return
	}
	j.worsen(verdict.Conflict, fmt.Sprintf("the change removes %s, which upstream has changed", at))
	j.at = append(j.at, verdict.Place{File: at})
	r.shown.AddLacking(&j.unmerged, conflict.Region{File: at, Files: [3]*tree.File{one.Pre, ours, nil}})
}

// classify decides whether a merge was clean (all hunks fit where they are), an offset, or really needed the base,
// and records the hunks that changed nothing. It returns the steps of the comparison.
func (j *judgement) classify(at string, pre, ours, post, merged []byte) (steps int) {
	hunks := diff.Diff(pre, post)
	j.parts += len(hunks)
	f := &diff.File{OldName: at, NewName: at, Hunks: hunks}
	if direct, placed, err := f.Apply(ours); err == nil && bytes.Equal(direct, merged) {
		j.offsets(placed)
		return 0
	}
	j.worsen(verdict.Merged, "merged three-way in "+at)
	if altered(hunks) == altered(diff.Diff(ours, merged)) {
		return 0 // every hunk was needed
	}
	if len(hunks)*(len(pre)+len(ours)) > maxClassified {
		return 0 // too large to check each hunk
	}
	for _, h := range hunks {
		one := &diff.File{OldName: at, NewName: at, Hunks: []diff.Hunk{h}}
		alone, _, err := one.Apply(pre)
		if err != nil {
			continue
		}
		again, conflicts, n := diff.MergeCounted(pre, ours, alone)
		if steps += n; len(conflicts) == 0 && bytes.Equal(again, ours) {
			j.idle = append(j.idle, hunkPlace(at, ours, h, firstOp(h)))
		}
	}
	return steps
}

// maxClassified limits the bytes that are merged to find the hunks that changed nothing.
const maxClassified = 100 << 20

// altered returns how many lines hunks add and remove.
func altered(hunks []diff.Hunk) (n int) {
	for _, h := range hunks {
		for _, l := range h.Lines {
			if l.Op != ' ' {
				n++
			}
		}
	}
	return n
}

// offsets records how far hunks moved.
func (j *judgement) offsets(placed []diff.Placement) {
	for _, p := range placed {
		if n := abs(p.Offset); n > 0 {
			j.offset = max(j.offset, n)
			j.worsen(verdict.Offset, "")
		}
	}
}

// hunkPlace returns where the lines of a hunk with this operation are in a file that may have changed: the line
// nearest to the hunk's own number with the text of the first of them.
func hunkPlace(file string, data []byte, h diff.Hunk, op byte) verdict.Place {
	at, line, want := h.NewStart, h.NewStart, ""
	if op == '-' {
		at = h.OldStart
	}
	for _, l := range h.Lines {
		if l.Op == op {
			line, want = at, string(bytes.TrimRight(l.Text, "\r\n"))
			break
		}
		if l.Op == ' ' {
			at++
		}
	}
	found, number := 0, 0
	for l := range bytes.Lines(data) {
		number++
		if string(bytes.TrimRight(l, "\r\n")) == want && (found == 0 || abs(number-line) < abs(found-line)) {
			found = number
		}
	}
	if found == 0 {
		found = line
	}
	return verdict.Place{File: file, Line: max(1, found), Text: want}
}

func abs(n int) int { return max(n, -n) }

// firstOp returns '+', or '-' for a hunk that only removes lines.
func firstOp(h diff.Hunk) byte {
	if slices.ContainsFunc(h.Lines, func(l diff.Line) bool { return l.Op == '+' }) {
		return '+'
	}
	return '-'
}
