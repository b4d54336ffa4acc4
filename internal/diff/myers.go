package diff

import "math"

// The search follows Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), section 4b, with git's choices
// (xdiff/xdiffi.c, xdiff/xprepare.c): which of several shortest scripts is found is part of the result, since a
// three-way merge rests on it.

const (
	simscan  = 100  // how far around a line that occurs often its neighbours are looked at
	runRatio = 4    // of neighbours that occur often to those that have no match
	maxEqual = 1024 // occurrences above which a line says little
	minCost  = 256  // edits after which a search may be cut short
)

// changed marks, for each side, the lines that have no partner on the other.
func changed(a, b []int32, n int) (left, right []bool) {
	s := &search{left: make([]bool, len(a)+2), right: make([]bool, len(b)+2)}
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	countA, countB := make([]int32, n), make([]int32, n)
	for _, id := range a {
		countA[id]++
	}
	for _, id := range b {
		countB[id]++
	}
	s.a, s.ia = reduce(a, start, endA, countB, s.left)
	s.b, s.ib = reduce(b, start, endB, countA, s.right)
	diags := len(s.a) + len(s.b) + 3
	s.forward, s.backward = make([]int, diags), make([]int, diags)
	s.off = len(s.b) + 1
	s.cost = max(minCost, bogosqrt(diags))
	s.compare(0, len(s.a), 0, len(s.b))
	return s.left[: len(a)+1 : len(a)+1], s.right[: len(b)+1 : len(b)+1]
}

// bogosqrt is a power of two near the square root.
func bogosqrt(n int) int {
	i := 1
	for ; n > 0; n >>= 2 {
		i <<= 1
	}
	return i
}

// reduce leaves out the lines that cannot match, and those that match so often, amid ones that cannot, that they
// would only mislead; they count as changed.
func reduce(text []int32, start, end int, other []int32, mark []bool) (kept []int32, at []int) {
	limit := int32(min(bogosqrt(len(text)), maxEqual))
	kind := make([]byte, len(text)+1)
	for i := start; i < end; i++ {
		switch n := other[text[i]]; {
		case n == 0:
		case n >= limit:
			kind[i] = 2
		default:
			kind[i] = 1
		}
	}
	for i := start; i < end; i++ {
		if kind[i] == 1 || kind[i] == 2 && !misleads(kind, i, start, end-1) {
			kept, at = append(kept, text[i]), append(at, i)
		} else {
			mark[i] = true
		}
	}
	return kept, at
}

func misleads(kind []byte, i, start, end int) bool {
	start, end = max(start, i-simscan), min(end, i+simscan)
	none, often := 0, 1
	count := func(from, step, stop int) (n int) {
		for j := from; j != stop+step; j += step {
			switch kind[j] {
			case 0:
				n++
			case 2:
				often++
			default:
				return n
			}
		}
		return n
	}
	before := 0
	if i-1 >= start {
		before = count(i-1, -1, start)
	}
	if before == 0 {
		return false
	}
	often++
	after := 0
	if i+1 <= end {
		after = count(i+1, 1, end)
	}
	if after == 0 {
		return false
	}
	none = before + after
	return often*runRatio < often+none
}

type search struct {
	a, b              []int32
	ia, ib            []int // where the kept lines stand
	left, right       []bool
	forward, backward []int
	off, cost         int
}

// compare divides the box at the middle of a shortest script and goes on with both parts.
func (s *search) compare(a0, a1, b0, b1 int) {
	for a0 < a1 && b0 < b1 && s.a[a0] == s.b[b0] {
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && s.a[a1-1] == s.b[b1-1] {
		a1, b1 = a1-1, b1-1
	}
	switch {
	case a0 == a1:
		for ; b0 < b1; b0++ {
			s.right[s.ib[b0]] = true
		}
	case b0 == b1:
		for ; a0 < a1; a0++ {
			s.left[s.ia[a0]] = true
		}
	default:
		x, y := s.split(a0, a1, b0, b1)
		s.compare(a0, x, b0, y)
		s.compare(x, a1, y, b1)
	}
}

// split finds a point on a shortest script through the box, or, when that costs too much, one that got far.
func (s *search) split(a0, a1, b0, b1 int) (x, y int) {
	dmin, dmax := a0-b1, a1-b0
	fmid, bmid := a0-b0, a1-b1
	odd := (fmid-bmid)&1 != 0
	fmin, fmax, bmin, bmax := fmid, fmid, bmid, bmid
	f := func(d int) *int { return &s.forward[d+s.off] }
	b := func(d int) *int { return &s.backward[d+s.off] }
	*f(fmid), *b(bmid) = a0, a1
	for cost := 1; ; cost++ {
		if fmin > dmin {
			fmin--
			*f(fmin - 1) = -1
		} else {
			fmin++
		}
		if fmax < dmax {
			fmax++
			*f(fmax + 1) = -1
		} else {
			fmax--
		}
		for d := fmax; d >= fmin; d -= 2 {
			var i int
			if *f(d - 1) >= *f(d + 1) {
				i = *f(d - 1) + 1
			} else {
				i = *f(d + 1)
			}
			j := i - d
			for i < a1 && j < b1 && s.a[i] == s.b[j] {
				i, j = i+1, j+1
			}
			*f(d) = i
			if odd && bmin <= d && d <= bmax && *b(d) <= i {
				return i, j
			}
		}
		if bmin > dmin {
			bmin--
			*b(bmin - 1) = math.MaxInt
		} else {
			bmin++
		}
		if bmax < dmax {
			bmax++
			*b(bmax + 1) = math.MaxInt
		} else {
			bmax--
		}
		for d := bmax; d >= bmin; d -= 2 {
			var i int
			if *b(d - 1) < *b(d + 1) {
				i = *b(d - 1)
			} else {
				i = *b(d + 1) - 1
			}
			j := i - d
			for i > a0 && j > b0 && s.a[i-1] == s.b[j-1] {
				i, j = i-1, j-1
			}
			*b(d) = i
			if !odd && fmin <= d && d <= fmax && i <= *f(d) {
				return i, j
			}
		}
		if cost >= s.cost {
			return s.farthest(f, b, fmin, fmax, bmin, bmax, a0, a1, b0, b1)
		}
	}
}

// farthest is the point that got farthest from either corner.
func (s *search) farthest(f, b func(int) *int, fmin, fmax, bmin, bmax, a0, a1, b0, b1 int) (x, y int) {
	best, bestX := -1, -1
	for d := fmax; d >= fmin; d -= 2 {
		i := min(*f(d), a1)
		j := i - d
		if b1 < j {
			i, j = b1+d, b1
		}
		if best < i+j {
			best, bestX = i+j, i
		}
	}
	back, backX := math.MaxInt, math.MaxInt
	for d := bmax; d >= bmin; d -= 2 {
		i := max(a0, *b(d))
		j := i - d
		if j < b0 {
			i, j = b0+d, b0
		}
		if i+j < back {
			back, backX = i+j, i
		}
	}
	if a1+b1-back < best-(a0+b0) {
		return bestX, best - bestX
	}
	return backX, back - backX
}
