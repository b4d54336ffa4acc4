package lines

// The search follows Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), section 4b, with git's choices
// (xdiff/xdiffi.c, xdiff/xprepare.c): which of several shortest scripts is found is part of the result, since a
// three-way merge rests on it.

// Change says that lines [AFrom, ATo) of one text give way to lines [BFrom, BTo) of another.
type Change struct{ AFrom, ATo, BFrom, BTo int }

// Side is a text, or a part of one, as a side of a comparison.
type Side struct {
	IDs  []int32 // by a pool
	Text Text    // for indents; may be empty where they are not asked for
}

// Changes lists what leads from a to b, in order, with how many steps it took to find them; n is the number of ids in
// use. With indent, changes that could stand elsewhere too slide as `git diff` slides them, else as git's merges do.
func Changes(a, b Side, n int, indent bool) (out []Change, steps int) {
	left, right, steps := changed(a.IDs, b.IDs, n)
	x, y := &slider{a, left}, &slider{b, right}
	x.compact(y, indent)
	y.compact(x, indent)
	for i, j := 0, 0; i < len(a.IDs) || j < len(b.IDs); {
		if !left[i] && !right[j] {
			i, j = i+1, j+1
			continue
		}
		c := Change{AFrom: i, BFrom: j}
		for left[i] {
			i++
		}
		for right[j] {
			j++
		}
		c.ATo, c.BTo = i, j
		out = append(out, c)
	}
	return out, steps
}

// changed marks, for each text, the lines that have no partner in the other; both marks are one longer than the text.
func changed(a, b []int32, n int) (left, right []bool, steps int) {
	marks := make([]bool, len(a)+len(b)+2)
	left, right = marks[:len(a)+1:len(a)+1], marks[len(a)+1:]
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	if start == endA || start == endB { // lines were only removed, or only added
		for i := start; i < endA; i++ {
			left[i] = true
		}
		for j := start; j < endB; j++ {
			right[j] = true
		}
		return left, right, 0
	}
	counts := make([]int32, 2*n)
	inA, inB := counts[:n], counts[n:]
	for _, id := range a {
		inA[id]++
	}
	for _, id := range b {
		inB[id]++
	}
	s := &search{left: left, right: right}
	s.a, s.ia = reduce(a, start, endA, inB, left)
	s.b, s.ib = reduce(b, start, endB, inA, right)
	diagonals := len(s.a) + len(s.b) + 3
	ends := make([]int, 2*diagonals)
	s.forward, s.backward = ends[:diagonals], ends[diagonals:]
	s.off = len(s.b) + 1
	s.limit = max(minLimit, bogosqrt(diagonals))
	s.compare(box{0, len(s.a), 0, len(s.b)}, false)
	return left, right, s.steps
}

// bogosqrt is a power of two near the square root.
func bogosqrt(n int) int {
	i := 1
	for ; n > 0; n >>= 2 {
		i <<= 1
	}
	return i
}

const (
	nearby   = 100  // how far around a line that occurs often its neighbours are looked at
	runRatio = 4    // of neighbours that occur often to those that have no match
	maxOften = 1024 // occurrences above which a line says little
)

// What reduce thinks of a line.
const (
	unmatched = iota
	matched
	often
)

// reduce leaves out the lines that cannot match, and those that match so often, amid ones that cannot, that they
// would only mislead; they count as changed.
func reduce(ids []int32, start, end int, other []int32, mark []bool) (kept []int32, at []int32) {
	limit := int32(min(bogosqrt(len(ids)), maxOften))
	kinds := make([]byte, end)
	for i := start; i < end; i++ {
		switch n := other[ids[i]]; {
		case n == 0:
		case n >= limit:
			kinds[i] = often
		default:
			kinds[i] = matched
		}
	}
	kept, at = make([]int32, 0, end-start), make([]int32, 0, end-start)
	for i := start; i < end; i++ {
		if kinds[i] == matched || kinds[i] == often && !misleads(kinds, i, start) {
			kept, at = append(kept, ids[i]), append(at, int32(i))
		} else {
			mark[i] = true
		}
	}
	return kept, at
}

// misleads reports whether line i stands in a run, up to matched lines on both sides, that is mostly unmatched.
func misleads(kinds []byte, i, start int) bool {
	lines := [3]int{often: 2} // the line counts once for each side
	for j := i - 1; j >= max(start, i-nearby) && kinds[j] != matched; j-- {
		lines[kinds[j]]++
	}
	above := lines[unmatched]
	if above == 0 {
		return false
	}
	for j := i + 1; j < min(len(kinds), i+nearby+1) && kinds[j] != matched; j++ {
		lines[kinds[j]]++
	}
	if lines[unmatched] == above {
		return false
	}
	return lines[often]*runRatio < lines[often]+lines[unmatched]
}
