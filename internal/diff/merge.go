package diff

import (
	"bytes"

	"github.com/howdah/howdah/internal/lines"
)

// Conflict is a region that ours and theirs changed differently, without the lines that both begin or end it with.
// Lines are one-based, each in its own side; the texts keep their line feeds.
type Conflict struct {
	BaseLine, OursLine, TheirsLine int
	Base, Ours, Theirs             [][]byte
	At                             int // the line of the merged text at which it would be
}

// Merge merges the changes of ours and theirs to base, like git's xdl_merge at the level that `git apply --3way`,
// `git am -3` and merges use (XDL_MERGE_ZEALOUS, Myers): changes that touch conflict unless they are equal. With
// conflicts, merged has the lines of ours in their places; Marked shows them.
func Merge(base, ours, theirs []byte) (merged []byte, conflicts []Conflict) {
	merged, conflicts, _ = MergeCounted(base, ours, theirs)
	return merged, conflicts
}

// MergeCounted is Merge, and also returns the number of steps: a measure of its cost that is the same on every machine.
func MergeCounted(base, ours, theirs []byte) (merged []byte, conflicts []Conflict, steps int) {
	if merged, ok := trivial(base, ours, theirs); ok {
		return merged, nil, 0
	}
	m := newMerger(base, ours, theirs)
	merged = make([]byte, 0, max(len(ours), len(theirs)))
	taken, shift := 0, 0 // lines of ours that are in merged; how many lines merged has more
	for _, r := range m.regions() {
		switch r.who {
		case theirsOnly:
			merged = append(append(merged, m.a.Text.Between(taken, r.a0)...), m.b.Text.Between(r.b0, r.b1)...)
			taken, shift = r.a1, shift+r.b1-r.b0-(r.a1-r.a0)
		case both:
			if r = m.trim(r); r.a0 < r.a1 || r.b0 < r.b1 {
				conflicts = append(conflicts, m.conflict(r, shift))
			}
		}
	}
	return append(merged, m.a.Text.Between(taken, m.a.Text.Len())...), conflicts, m.steps
}

func trivial(base, ours, theirs []byte) (merged []byte, ok bool) {
	switch {
	case bytes.Equal(ours, theirs), bytes.Equal(base, theirs):
		return ours, true
	case bytes.Equal(base, ours):
		return theirs, true
	}
	return nil, false
}

// merger has the lines of base (o), ours (a) and theirs (b).
type merger struct {
	o, a, b lines.Side
	lines   int
	steps   int // of the comparison
}

func newMerger(base, ours, theirs []byte) *merger {
	o, a, b := lines.New(base), lines.New(ours), lines.New(theirs)
	p := lines.NewPool(o.Len() + a.Len() + b.Len())
	m := &merger{o: p.Side(o), a: p.Side(a), b: p.Side(b)}
	m.lines = p.Len()
	return m
}

func (m *merger) conflict(r region, shift int) Conflict {
	list := func(t lines.Text, i, j int) (out [][]byte) {
		for ; i < j; i++ {
			out = append(out, t.Line(i))
		}
		return out
	}
	return Conflict{
		BaseLine: r.o0 + 1, OursLine: r.a0 + 1, TheirsLine: r.b0 + 1, At: r.a0 + shift + 1,
		Base: list(m.o.Text, r.o0, r.o1), Ours: list(m.a.Text, r.a0, r.a1), Theirs: list(m.b.Text, r.b0, r.b1),
	}
}

// trim removes the lines that both sides of a region begin or end with.
func (m *merger) trim(r region) region {
	for r.a0 < r.a1 && r.b0 < r.b1 && m.a.IDs[r.a0] == m.b.IDs[r.b0] {
		r.a0, r.b0 = r.a0+1, r.b0+1
	}
	for r.a0 < r.a1 && r.b0 < r.b1 && m.a.IDs[r.a1-1] == m.b.IDs[r.b1-1] {
		r.a1, r.b1 = r.a1-1, r.b1-1
	}
	return r
}

// MergeTheirs is Merge with the lines of theirs in place of each conflict.
func MergeTheirs(base, ours, theirs []byte) []byte {
	merged, conflicts := Merge(base, ours, theirs)
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

// MergeCheck predicts conflicts of base and theirs with any ours, without a comparison.
type MergeCheck struct{ spots []spot }

// spot is one place that theirs changes.
type spot struct {
	before []byte // base there, with a line above and one below
	after  []byte // theirs there
}

// NewMergeCheck finds the places that theirs changes in base.
func NewMergeCheck(base, theirs []byte) MergeCheck {
	a, b := lines.New(base), lines.New(theirs)
	p := lines.NewPool(a.Len() + b.Len())
	var m MergeCheck
	list, _ := lines.Changes(p.Side(a), p.Side(b), p.Len(), false)
	for _, c := range list {
		m.spots = append(m.spots, spot{
			before: a.Between(max(0, c.AFrom-1), min(a.Len(), c.ATo+1)), after: b.Between(c.BFrom, c.BTo),
		})
	}
	return m
}

// Possible reports whether Merge may be free of conflicts; if it is false, there are some. In a merge without
// conflicts, ours has each place of theirs, with the lines next to it, either as in base or already changed. If
// theirs only removes lines there, that cannot be checked.
func (m MergeCheck) Possible(ours []byte) bool {
	for _, s := range m.spots {
		if len(s.after) > 0 && !contains(ours, s.before, new(int)) && !contains(ours, s.after, new(int)) {
			return false
		}
	}
	return true
}
