package lines

import "slices"

import "math"

// A search that has become long is cut short: at a path that came far by a good snake, else, at the limit, at the one
// that came farthest.

// keenForward looks for a path from the low corner that came much farther than its edits and ends in a good snake.
func (s *search) keenForward(x box, fmin, fmax, edits int) (c cut, ok bool) {
	best := keenFactor * edits
	for d := fmax; d >= fmin; d -= 2 {
		i := s.forward[s.off+d]
		j := i - d
		came := i - x.a0 + j - x.b0 - abs(d-(x.a0-x.b0))
		if came <= best || i < x.a0+goodSnake || i >= x.a1 || j < x.b0+goodSnake || j >= x.b1 {
			continue
		}
		if slices.Equal(s.a[i-goodSnake:i], s.b[j-goodSnake:j]) {
			best, c, ok = came, cut{i, j, true, false}, true
		}
	}
	return c, ok
}

// keenBackward does the same from the high corner.
func (s *search) keenBackward(x box, bmin, bmax, edits int) (c cut, ok bool) {
	best := keenFactor * edits
	for d := bmax; d >= bmin; d -= 2 {
		i := s.backward[s.off+d]
		j := i - d
		came := x.a1 - i + x.b1 - j - abs(d-(x.a1-x.b1))
		if came <= best || i <= x.a0 || i > x.a1-goodSnake || j <= x.b0 || j > x.b1-goodSnake {
			continue
		}
		if slices.Equal(s.a[i:i+goodSnake], s.b[j:j+goodSnake]) {
			best, c, ok = came, cut{i, j, false, true}, true
		}
	}
	return c, ok
}

// farthest is the point that got farthest from either corner.
func (s *search) farthest(x box, fmin, fmax, bmin, bmax int) cut {
	ahead, aheadI := -1, -1
	for d := fmax; d >= fmin; d -= 2 {
		i := min(s.forward[s.off+d], x.a1)
		j := i - d
		if j > x.b1 {
			i, j = x.b1+d, x.b1
		}
		if i+j > ahead {
			ahead, aheadI = i+j, i
		}
	}
	back, backI := math.MaxInt, math.MaxInt
	for d := bmax; d >= bmin; d -= 2 {
		i := max(s.backward[s.off+d], x.a0)
		j := i - d
		if j < x.b0 {
			i, j = x.b0+d, x.b0
		}
		if i+j < back {
			back, backI = i+j, i
		}
	}
	if x.a1+x.b1-back < ahead-(x.a0+x.b0) {
		return cut{aheadI, ahead - aheadI, true, false}
	}
	return cut{backI, back - backI, false, true}
}

func abs(n int) int { return max(n, -n) }
