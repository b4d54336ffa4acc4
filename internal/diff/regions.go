package diff

import (
	"slices"

	"github.com/howdah/howdah/internal/lines"
)

// region is a part of base, lines [o0, o1), that became [a0, a1) in ours and [b0, b1) in theirs.
type region struct {
	o0, o1, a0, a1, b0, b1 int
	who                    who
}

// who says which side changed a region.
type who byte

const (
	oursOnly who = iota
	theirsOnly
	both // in different ways, or to the same lines by different steps
)

// regions combines what both sides did to base, in order. Where both did the same in the same place, there is no
// region.
func (m *merger) regions() []region {
	ours, one := lines.Changes(m.o, m.a, m.lines, false)
	theirs, two := lines.Changes(m.o, m.b, m.lines, false)
	m.steps += one + two
	out := make(regions, 0, len(ours)+len(theirs))
	shiftA, shiftB := 0, 0 // from a line of base to the line of ours and theirs, below what was handled
	for len(ours) > 0 || len(theirs) > 0 {
		passA, passB := true, true // which change is handled next
		switch {
		case len(theirs) == 0 || len(ours) > 0 && ours[0].ATo < theirs[0].AFrom:
			x := ours[0]
			out.add(region{x.AFrom, x.ATo, x.BFrom, x.BTo, x.AFrom + shiftB, x.ATo + shiftB, oursOnly})
			passB = false
		case len(ours) == 0 || theirs[0].ATo < ours[0].AFrom:
			y := theirs[0]
			out.add(region{y.AFrom, y.ATo, y.AFrom + shiftA, y.ATo + shiftA, y.BFrom, y.BTo, theirsOnly})
			passA = false
		default:
			x, y := ours[0], theirs[0]
			if !m.same(x, y) {
				r := region{min(x.AFrom, y.AFrom), max(x.ATo, y.ATo), x.BFrom, x.BTo, y.BFrom, y.BTo, both}
				r.a0 -= x.AFrom - r.o0
				r.b0 -= y.AFrom - r.o0
				r.a1 += r.o1 - x.ATo
				r.b1 += r.o1 - y.ATo
				out.add(r)
			}
			passA, passB = x.ATo <= y.ATo, y.ATo <= x.ATo
		}
		if passA {
			shiftA, ours = ours[0].BTo-ours[0].ATo, ours[1:]
		}
		if passB {
			shiftB, theirs = theirs[0].BTo-theirs[0].ATo, theirs[1:]
		}
	}
	return out
}

// same reports whether both sides made the same change.
func (m *merger) same(x, y lines.Change) bool {
	return x.AFrom == y.AFrom && x.ATo == y.ATo && x.BTo-x.BFrom == y.BTo-y.BFrom &&
		slices.Equal(m.a.IDs[x.BFrom:x.BTo], m.b.IDs[y.BFrom:y.BTo])
}

type regions []region

// add appends a region, or joins it with the last one if they touch on either side.
func (list *regions) add(r region) {
	if n := len(*list) - 1; n >= 0 {
		if last := &(*list)[n]; r.a0 <= last.a1 || r.b0 <= last.b1 {
			if last.who != r.who {
				last.who = both
			}
			last.o1, last.a1, last.b1 = r.o1, r.a1, r.b1
			return
		}
	}
	*list = append(*list, r)
}

// apart is the number of unchanged lines up to which two conflicts are shown as one.
const apart = 3

// refine reduces each conflict to the lines in which its sides differ, and then joins conflicts that are so close
// that one is shorter to read (xdiff/xmerge.c, XDL_MERGE_ZEALOUS). The results have no base of their own.
func (m *merger) refine(list []region) []region {
	var out []region
	for _, r := range list {
		if r.who != both || r.a0 == r.a1 || r.b0 == r.b1 {
			out = append(out, r)
			continue
		}
		a, b := lines.Side{IDs: m.a.IDs[r.a0:r.a1]}, lines.Side{IDs: m.b.IDs[r.b0:r.b1]}
		list, _ := lines.Changes(a, b, m.lines, false)
		for _, c := range list {
			out = append(out, region{a0: r.a0 + c.AFrom, a1: r.a0 + c.ATo, b0: r.b0 + c.BFrom, b1: r.b0 + c.BTo, who: both})
		}
	}
	joined := out[:0]
	for _, r := range out {
		if n := len(joined) - 1; n >= 0 && r.who == both && joined[n].who == both && r.a0-joined[n].a1 <= apart {
			joined[n].a1, joined[n].b1 = r.a1, r.b1
			continue
		}
		joined = append(joined, r)
	}
	return joined
}
