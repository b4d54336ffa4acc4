package apply

import (
	"bytes"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

const alteredByBoth = " was changed in the same lines by upstream and by the change"

// conflict tells both sides of a file that does not merge, with what they had in common.
func (j *judgement) conflict(at string, sides [3]*tree.File, key series.ResolutionKey, conflicts []diff.Conflict) {
	told := Unmerged{File: at, Key: key, files: sides}
	if told.binary() {
		j.worsen(Conflict, at+" is binary, and both upstream and the change changed it")
		j.at = append(j.at, Place{File: at})
		j.regions(told, nil)
		return
	}
	message := alteredByBoth
	if key.Base == tree.NoBlob {
		message = " was added by both upstream and the change, with different content"
	}
	j.worsen(Conflict, at+message)
	for _, shown := range j.regions(told, conflicts) {
		p := Place{File: at, Line: shown.Line}
		for _, side := range [][]string{shown.Upstream, shown.Base, shown.Yours} {
			if len(side) > 0 {
				p.Text = side[0]
				break
			}
		}
		j.at = append(j.at, p)
	}
}

// suppose tells both sides of a file of which no base is known, with what the patch itself says of it in its place.
func (r *Run) suppose(j *judgement, m misfit, there *tree.File) {
	if m.there == nil || there == nil {
		return
	}
	if r.supposed.charge(len(there.Data), 1); r.supposed.over() {
		return
	}
	s, ok := m.file.Suppose(there.Data, markers, r.search)
	if !ok {
		return
	}
	base, yours := &tree.File{Mode: there.Mode, Data: s.Base}, &tree.File{Mode: there.Mode, Data: s.Theirs}
	j.regions(Unmerged{File: m.file.Name(), Key: keyOf(base, there, yours), files: [3]*tree.File{base, there, yours},
		Supposed: true, Nominal: s.Nominal, marked: s.Marked}, s.Conflicts)
}

// tried notes which hunks of a file that does not fit do.
func (j *judgement) tried(m misfit) {
	fit, not := m.trials.Fit, m.trials.Not
	for _, trial := range m.trials.List {
		if len(j.hunks) == maxHunks {
			break
		}
		if trial.Fits {
			fit--
		} else {
			not--
		}
		j.hunks = append(j.hunks, Hunk{File: m.at.File, Number: trial.Hunk + 1, Line: trial.Line, Fits: trial.Fits,
			Nominal: trial.Nominal})
	}
	if fit+not+m.trials.Untried > 0 {
		j.moreHunks = append(j.moreHunks, MoreHunks{m.at.File, fit, not, m.trials.Untried})
	}
}

// markers are what stands behind the markers of a conflict.
var markers = diff.Names{Ours: "upstream", Base: "base", Theirs: "yours"}

// texts are lines without their ends.
func texts(lines [][]byte) []string {
	var out []string
	for _, l := range lines {
		out = append(out, string(bytes.TrimRight(l, "\r\n")))
	}
	return out
}

// binary says that a side is no text, so that there are no lines to show.
func (u Unmerged) binary() bool {
	return slices.ContainsFunc(u.files[:], func(f *tree.File) bool { return f != nil && diff.IsBinary(f.Data) })
}

// Sides are the conflict's base, upstream and yours; one that is not there is nil.
func (u Unmerged) Sides() [3]*tree.File {
	sides := u.files
	if u.Key.Base == tree.NoBlob {
		sides[0] = nil
	}
	return sides
}

// Marked gives a conflict's file as git's diff3 style shows it, for a person to resolve.
func (u Unmerged) Marked() []byte {
	if u.marked != nil {
		return u.marked
	}
	return diff.Marked(u.files[0].Data, u.files[1].Data, u.files[2].Data, diff.Diff3, markers)
}

// favour merges with theirs in place of every conflict; Merge leaves ours there.
func favour(base, ours, theirs []byte) []byte {
	merged, conflicts := diff.Merge(base, ours, theirs)
	if len(conflicts) == 0 {
		return merged
	}
	lines := bytes.SplitAfter(merged, []byte("\n"))
	var out []byte
	at := 0
	for _, c := range conflicts {
		out = append(out, bytes.Join(lines[at:c.At-1], nil)...)
		out = append(out, bytes.Join(c.Theirs, nil)...)
		at = c.At - 1 + len(c.Ours)
	}
	return append(out, bytes.Join(lines[at:], nil)...)
}
