package lines

// slider is one text with its changed lines marked; a group of changed lines can often slide, which git does in a
// fixed way (xdiff/xdiffi.c, xdl_change_compact).
type slider struct {
	Side
	mark []bool // one longer than IDs
}

// group is a run of changed lines, perhaps empty, between two unchanged ones.
type group struct{ start, end int }

func (s *slider) first() group {
	g := group{}
	for s.mark[g.end] {
		g.end++
	}
	return g
}

func (s *slider) next(g *group) bool {
	if g.end == len(s.IDs) {
		return false
	}
	g.start = g.end + 1
	for g.end = g.start; s.mark[g.end]; g.end++ {
	}
	return true
}

func (s *slider) previous(g *group) {
	if g.start == 0 {
		return
	}
	g.end = g.start - 1
	for g.start = g.end; g.start > 0 && s.mark[g.start-1]; g.start-- {
	}
}

func (s *slider) down(g *group) bool {
	if g.end >= len(s.IDs) || s.IDs[g.start] != s.IDs[g.end] {
		return false
	}
	s.mark[g.start], s.mark[g.end] = false, true
	for g.start, g.end = g.start+1, g.end+1; s.mark[g.end]; g.end++ {
	}
	return true
}

func (s *slider) up(g *group) bool {
	if g.start == 0 || s.IDs[g.start-1] != s.IDs[g.end-1] {
		return false
	}
	g.start, g.end = g.start-1, g.end-1
	s.mark[g.start], s.mark[g.end] = true, false
	for g.start > 0 && s.mark[g.start-1] {
		g.start--
	}
	return true
}

// compact slides the groups of s: to where the other side has a group too, else, with indent, to where a reader
// would cut, else down as far as they go.
func (s *slider) compact(other *slider, indent bool) {
	g, o := s.first(), other.first()
	for more := true; more; more = s.next(&g) && other.next(&o) {
		if g.start == g.end {
			continue
		}
		var earliest, matching, size int
		for {
			size, matching = g.end-g.start, -1
			for s.up(&g) {
				other.previous(&o)
			}
			earliest = g.end
			if o.end > o.start {
				matching = g.end
			}
			for s.down(&g) {
				other.next(&o)
				if o.end > o.start {
					matching = g.end
				}
			}
			if size == g.end-g.start {
				break
			}
		}
		switch {
		case g.end == earliest:
		case matching != -1:
			for o.end == o.start {
				s.up(&g)
				other.previous(&o)
			}
		case indent:
			for best := s.bestEnd(g, earliest, size); g.end > best; {
				s.up(&g)
				other.previous(&o)
			}
		}
	}
}
