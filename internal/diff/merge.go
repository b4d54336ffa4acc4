package diff

import "slices"

// Conflict is a region that ours and theirs changed in different ways. Lines are one-based and count lines of their
// own side; the texts keep their line feeds.
type Conflict struct {
	BaseLine, OursLine, TheirsLine int
	Base, Ours, Theirs             [][]byte
	At                             int // the line of the merged text at which it would stand
}

// Merge merges what ours and theirs made of base, as git's xdl_merge does at the level that `git apply --3way`, `git
// am -3` and merges use: changes that touch each other conflict unless they are the same. merged is whole only without
// conflicts; else it has ours in their places.
func Merge(base, ours, theirs []byte) (merged []byte, conflicts []Conflict) {
	switch {
	case string(ours) == string(theirs), string(base) == string(theirs):
		return ours, nil
	case string(base) == string(ours):
		return theirs, nil
	}
	o, a, b := lines(base), lines(ours), lines(theirs)
	p := newPool(len(o) + len(a)/8 + len(b)/8)
	io, ia, ib := p.intern(o), p.intern(a), p.intern(b)
	mine := compareIDs(p, io, ia, o, a, false)
	his := compareIDs(p, io, ib, o, b, false)
	m := merger{o: o, a: a, b: b, ia: ia, ib: ib}
	for _, r := range regions(mine, his, ia, ib) {
		m.take(r)
	}
	m.out = append(m.out, a[m.pos:]...)
	size := 0
	for _, line := range m.out {
		size += len(line)
	}
	merged = make([]byte, 0, size+1)
	for i, line := range m.out {
		merged = append(merged, line...)
		if i < len(m.out)-1 && line[len(line)-1] != '\n' {
			merged = append(merged, '\n') // a last line that is no longer the last
		}
	}
	return merged, m.conflicts
}

// region is a part that one side, or both, changed.
type region struct {
	script3
	who byte // 'a' ours alone, 'b' theirs alone, '=' both alike, '!' both
}

type script3 struct{ oFrom, oTo, aFrom, aTo, bFrom, bTo int }

// regions joins two scripts over one base.
func regions(mine, his []script, ia, ib []int32) []region {
	var out []region
	add := func(r region) {
		if n := len(out) - 1; n >= 0 && (r.aFrom <= out[n].aTo || r.bFrom <= out[n].bTo) {
			if out[n].who != r.who {
				out[n].who = '!'
			}
			out[n].oTo, out[n].aTo, out[n].bTo = r.oTo, r.aTo, r.bTo
			return
		}
		out = append(out, r)
	}
	shiftA, shiftB := 0, 0 // from a line of base to the one of ours, theirs, behind what was passed
	for len(mine) > 0 || len(his) > 0 {
		switch {
		case len(his) == 0 || len(mine) > 0 && mine[0].aTo < his[0].aFrom:
			x := mine[0]
			add(region{script3{x.aFrom, x.aTo, x.bFrom, x.bTo, x.aFrom + shiftB, x.aTo + shiftB}, 'a'})
			shiftA, mine = x.bTo-x.aTo, mine[1:]
		case len(mine) == 0 || his[0].aTo < mine[0].aFrom:
			y := his[0]
			add(region{script3{y.aFrom, y.aTo, y.aFrom + shiftA, y.aTo + shiftA, y.bFrom, y.bTo}, 'b'})
			shiftB, his = y.bTo-y.aTo, his[1:]
		default:
			x, y := mine[0], his[0]
			if x.aFrom == y.aFrom && x.aTo == y.aTo && slices.Equal(ia[x.bFrom:x.bTo], ib[y.bFrom:y.bTo]) {
				shiftA, shiftB = x.bTo-x.aTo, y.bTo-y.aTo
				mine, his = mine[1:], his[1:]
				continue
			}
			r := region{script3{min(x.aFrom, y.aFrom), max(x.aTo, y.aTo), x.bFrom, x.bTo, y.bFrom, y.bTo}, '!'}
			r.aFrom -= max(0, x.aFrom-y.aFrom)
			r.bFrom -= max(0, y.aFrom-x.aFrom)
			r.aTo += max(0, y.aTo-x.aTo)
			r.bTo += max(0, x.aTo-y.aTo)
			add(r)
			switch { // the script that ends first is done; both when they end together
			case x.aTo > y.aTo:
				shiftB, his = y.bTo-y.aTo, his[1:]
			case y.aTo > x.aTo:
				shiftA, mine = x.bTo-x.aTo, mine[1:]
			default:
				shiftA, shiftB, mine, his = x.bTo-x.aTo, y.bTo-y.aTo, mine[1:], his[1:]
			}
		}
	}
	return out
}

type merger struct {
	o, a, b   [][]byte
	ia, ib    []int32
	pos       int // of ours, up to which out has all
	out       [][]byte
	conflicts []Conflict
}

func (m *merger) take(r region) {
	m.out = append(m.out, m.a[m.pos:r.aFrom]...)
	m.pos = r.aTo
	switch {
	case r.who == 'a', slices.Equal(m.ia[r.aFrom:r.aTo], m.ib[r.bFrom:r.bTo]):
		m.out = append(m.out, m.a[r.aFrom:r.aTo]...)
	case r.who == 'b':
		m.out = append(m.out, m.b[r.bFrom:r.bTo]...)
	default:
		m.conflicts = append(m.conflicts, Conflict{
			BaseLine: r.oFrom + 1, OursLine: r.aFrom + 1, TheirsLine: r.bFrom + 1, At: len(m.out) + 1,
			Base: m.o[r.oFrom:r.oTo], Ours: m.a[r.aFrom:r.aTo], Theirs: m.b[r.bFrom:r.bTo],
		})
		m.out = append(m.out, m.a[r.aFrom:r.aTo]...)
	}
}
