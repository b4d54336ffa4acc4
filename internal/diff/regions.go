package diff

// region is a part of base, lines [o0, o1), that became [a0, a1) in ours and [b0, b1) in theirs.
type region struct {
	o0, o1, a0, a1, b0, b1 int
	who                    who
}

// who changed a region.
type who byte

const (
	oursOnly who = iota
	theirsOnly
	both // in different ways, or in the same way by other steps
)

// regions joins what both sides did to base, in order. Where both did the same in the same place there is none.
func (m *merger) regions() []region {
	mine, one := counted(m.o, m.a, m.lines, false)
	his, two := counted(m.o, m.b, m.lines, false)
	m.steps += one + two
	out := make(regions, 0, len(mine)+len(his))
	shiftA, shiftB := 0, 0 // from a line of base to that of ours and theirs, behind what was passed
	for len(mine) > 0 || len(his) > 0 {
		passA, passB := true, true // which change is dealt with
		switch {
		case len(his) == 0 || len(mine) > 0 && mine[0].aTo < his[0].aFrom:
			x := mine[0]
			out.add(region{x.aFrom, x.aTo, x.bFrom, x.bTo, x.aFrom + shiftB, x.aTo + shiftB, oursOnly})
			passB = false
		case len(mine) == 0 || his[0].aTo < mine[0].aFrom:
			y := his[0]
			out.add(region{y.aFrom, y.aTo, y.aFrom + shiftA, y.aTo + shiftA, y.bFrom, y.bTo, theirsOnly})
			passA = false
		default:
			x, y := mine[0], his[0]
			if !m.same(x, y) {
				r := region{min(x.aFrom, y.aFrom), max(x.aTo, y.aTo), x.bFrom, x.bTo, y.bFrom, y.bTo, both}
				r.a0 -= x.aFrom - r.o0
				r.b0 -= y.aFrom - r.o0
				r.a1 += r.o1 - x.aTo
				r.b1 += r.o1 - y.aTo
				out.add(r)
			}
			passA, passB = x.aTo <= y.aTo, y.aTo <= x.aTo
		}
		if passA {
			shiftA, mine = mine[0].bTo-mine[0].aTo, mine[1:]
		}
		if passB {
			shiftB, his = his[0].bTo-his[0].aTo, his[1:]
		}
	}
	return out
}

// same says whether two changes are one.
func (m *merger) same(x, y change) bool {
	return x.aFrom == y.aFrom && x.aTo == y.aTo && x.bTo-x.bFrom == y.bTo-y.bFrom &&
		equal(m.a.ids[x.bFrom:x.bTo], m.b.ids[y.bFrom:y.bTo])
}

type regions []region

// add appends a region, or joins it with the last, if they touch on either side.
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
