package diff

import "slices"

// side is one text with its changed lines marked; a group of changed lines can often slide, which git does in a
// fixed way (xdiff/xdiffi.c, xdl_change_compact).
type side struct {
	ids  []int32
	mark []bool // one longer than ids
	text [][]byte
}

// group is a run of changed lines, perhaps empty, between two unchanged ones.
type group struct{ start, end int }

func (s *side) first() group {
	g := group{}
	for s.mark[g.end] {
		g.end++
	}
	return g
}

func (s *side) next(g *group) bool {
	if g.end == len(s.ids) {
		return false
	}
	g.start = g.end + 1
	for g.end = g.start; s.mark[g.end]; g.end++ {
	}
	return true
}

func (s *side) previous(g *group) bool {
	if g.start == 0 {
		return false
	}
	g.end = g.start - 1
	for g.start = g.end; g.start > 0 && s.mark[g.start-1]; g.start-- {
	}
	return true
}

func (s *side) down(g *group) bool {
	if g.end >= len(s.ids) || s.ids[g.start] != s.ids[g.end] {
		return false
	}
	s.mark[g.start], s.mark[g.end] = false, true
	for g.start, g.end = g.start+1, g.end+1; s.mark[g.end]; g.end++ {
	}
	return true
}

func (s *side) up(g *group) bool {
	if g.start == 0 || s.ids[g.start-1] != s.ids[g.end-1] {
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
func (s *side) compact(other *side, indent bool) {
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

// The weights of git's indent heuristic, found there by training on many repositories.
const (
	maxSliding = 100
	maxBlanks  = 20
	maxIndent  = 200
)

type score struct{ indent, penalty int }

func (s score) compare(t score) int {
	weight := 0
	switch {
	case s.indent > t.indent:
		weight = 60
	case s.indent < t.indent:
		weight = -60
	}
	return weight + s.penalty - t.penalty
}

func (s *side) bestEnd(g group, earliest, size int) int {
	best, found := score{}, -1
	for shift := max(earliest, g.end-size-1, g.end-maxSliding); shift <= g.end; shift++ {
		var at score
		at.add(s, shift)
		at.add(s, shift-size)
		if found == -1 || at.compare(best) <= 0 {
			best, found = at, shift
		}
	}
	return found
}

// add judges a cut before line split.
func (t *score) add(s *side, split int) {
	indent, atEnd := -1, split >= len(s.text)
	if !atEnd {
		indent = indentOf(s.text[split])
	}
	before, blankBefore := s.around(split-1, -1)
	after, blankAfter := s.around(split+1, 1)
	if before == -1 && blankBefore == 0 {
		t.penalty++
	}
	if atEnd {
		t.penalty += 21
	}
	post := 0
	if indent == -1 {
		post = 1 + blankAfter
	}
	blanks := blankBefore + post
	t.penalty += -30*blanks + 6*post
	if indent == -1 {
		indent = after
	}
	t.indent += indent
	pick := func(with, without int) {
		if blanks != 0 {
			t.penalty += with
		} else {
			t.penalty += without
		}
	}
	switch {
	case indent == -1 || before == -1 || indent == before:
	case indent > before:
		pick(10, -4)
	case after != -1 && after > indent:
		pick(17, 24)
	default:
		pick(17, 23)
	}
}

// around is the indent of the nearest line that is not blank, and how many blank ones lie before it.
func (s *side) around(from, step int) (indent, blanks int) {
	for i := from; i >= 0 && i < len(s.text); i += step {
		if n := indentOf(s.text[i]); n != -1 {
			return n, blanks
		}
		if blanks++; blanks == maxBlanks {
			return 0, blanks
		}
	}
	return -1, blanks
}

// indentOf counts columns; -1 for a blank line.
func indentOf(line []byte) int {
	n := 0
	for _, c := range line {
		switch c {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		case '\n', '\v', '\f', '\r':
		default:
			return n
		}
		if n >= maxIndent {
			return maxIndent
		}
	}
	return -1
}

// script lists what leads from a to b: old lines [OldFrom, OldTo) give way to new lines [NewFrom, NewTo).
type script struct{ aFrom, aTo, bFrom, bTo int }

// compareLines finds the changes from a to b, in order.
func compareLines(p *pool, a, b [][]byte, indent bool) []script {
	return compareIDs(p, p.intern(a), p.intern(b), a, b, indent)
}

func compareIDs(p *pool, ia, ib []int32, a, b [][]byte, indent bool) []script {
	if slices.Equal(ia, ib) {
		return nil
	}
	left, right := changed(ia, ib, len(p.ids))
	x, y := &side{ia, left, a}, &side{ib, right, b}
	x.compact(y, indent)
	y.compact(x, indent)
	var out []script
	for i, j := 0, 0; i < len(ia) || j < len(ib); {
		if !left[i] && !right[j] {
			i, j = i+1, j+1
			continue
		}
		s := script{aFrom: i, bFrom: j}
		for left[i] {
			i++
		}
		for right[j] {
			j++
		}
		s.aTo, s.bTo = i, j
		out = append(out, s)
	}
	return out
}
