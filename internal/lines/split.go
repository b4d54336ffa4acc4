package lines

import "math"

const (
	minLimit   = 256 // edits after which a search may be cut short, at least
	goodSnake  = 20  // matching lines in a row that make a path worth following
	keenFactor = 4   // how much farther than its edits such a path must have come
)

// search looks for a shortest script between two lists of lines.
type search struct {
	a, b              []int32
	ia, ib            []int32 // where the lines stand in their texts
	left, right       []bool  // marks of changed lines there
	forward, backward []int   // by diagonal: how far each path has come, in lines of a
	off               int     // the index of diagonal 0
	limit             int     // edits after which a search is cut short
	steps             int     // that were made
}

// maxSteps is how many steps one comparison may make, some tenths of a second; what is left then counts as changed as a
// whole. Texts of the kind that people write stay far below, so that what is found is what git finds.
const maxSteps = 20_000_000

// box is a part of both lists: a[a0:a1] and b[b0:b1].
type box struct{ a0, a1, b0, b1 int }

// compare divides a box at the middle of a shortest script and goes on with both parts. With exact, no search is cut
// short.
func (s *search) compare(x box, exact bool) {
	for x.a0 < x.a1 && x.b0 < x.b1 && s.a[x.a0] == s.b[x.b0] {
		x.a0, x.b0 = x.a0+1, x.b0+1
	}
	for x.a0 < x.a1 && x.b0 < x.b1 && s.a[x.a1-1] == s.b[x.b1-1] {
		x.a1, x.b1 = x.a1-1, x.b1-1
	}
	if s.steps > maxSteps {
		for i := x.a0; i < x.a1; i++ {
			s.left[s.ia[i]] = true
		}
		for j := x.b0; j < x.b1; j++ {
			s.right[s.ib[j]] = true
		}
		return
	}
	switch {
	case x.a0 == x.a1:
		for ; x.b0 < x.b1; x.b0++ {
			s.right[s.ib[x.b0]] = true
		}
	case x.b0 == x.b1:
		for ; x.a0 < x.a1; x.a0++ {
			s.left[s.ia[x.a0]] = true
		}
	default:
		cut := s.split(x, exact)
		s.compare(box{x.a0, cut.i, x.b0, cut.j}, cut.exactLow)
		s.compare(box{cut.i, x.a1, cut.j, x.b1}, cut.exactHigh)
	}
}

// cut is a point at which a box is divided, and whether the parts below and above deserve an exact search.
type cut struct {
	i, j                int
	exactLow, exactHigh bool
}

// split finds a point on a shortest script through the box, or, when that costs too much, one that got far. Paths
// grow from both corners, one edit a round, until two meet.
func (s *search) split(x box, exact bool) cut {
	a, b := s.a, s.b
	fwd, bwd, off := s.forward, s.backward, s.off
	low, high := x.a0-x.b1, x.a1-x.b0 // the outermost diagonals
	fmid, bmid := x.a0-x.b0, x.a1-x.b1
	odd := (fmid-bmid)&1 != 0
	fmin, fmax, bmin, bmax := fmid, fmid, bmid, bmid
	fwd[off+fmid], bwd[off+bmid] = x.a0, x.a1
	for edits := 1; ; edits++ {
		snake := false
		if fmin > low {
			fmin--
			fwd[off+fmin-1] = -1
		} else {
			fmin++
		}
		if fmax < high {
			fmax++
			fwd[off+fmax+1] = -1
		} else {
			fmax--
		}
		for d := fmax; d >= fmin; d -= 2 {
			i := max(fwd[off+d-1]+1, fwd[off+d+1])
			from := i
			for j := i - d; i < x.a1 && j < x.b1 && a[i] == b[j]; j++ {
				i++
			}
			snake = snake || i-from > goodSnake
			fwd[off+d] = i
			s.steps += 1 + i - from
			if odd && bmin <= d && d <= bmax && bwd[off+d] <= i {
				return cut{i, i - d, true, true}
			}
		}
		if bmin > low {
			bmin--
			bwd[off+bmin-1] = math.MaxInt
		} else {
			bmin++
		}
		if bmax < high {
			bmax++
			bwd[off+bmax+1] = math.MaxInt
		} else {
			bmax--
		}
		for d := bmax; d >= bmin; d -= 2 {
			i := min(bwd[off+d-1], bwd[off+d+1]-1)
			from := i
			for j := i - d; i > x.a0 && j > x.b0 && a[i-1] == b[j-1]; j-- {
				i--
			}
			snake = snake || from-i > goodSnake
			bwd[off+d] = i
			s.steps += 1 + from - i
			if !odd && fmin <= d && d <= fmax && i <= fwd[off+d] {
				return cut{i, i - d, true, true}
			}
		}
		if exact {
			continue
		}
		if snake && edits > minLimit {
			if c, ok := s.keenForward(x, fmin, fmax, edits); ok {
				return c
			}
			if c, ok := s.keenBackward(x, bmin, bmax, edits); ok {
				return c
			}
		}
		if edits >= s.limit {
			return s.farthest(x, fmin, fmax, bmin, bmax)
		}
	}
}
