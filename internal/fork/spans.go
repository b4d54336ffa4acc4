package fork

// spans cuts the differences of a text where the owner changes. A line whose owner is upstream (the fork kept what
// upstream has removed) goes with its neighbours.
func (t *Traced) spans(p *part, owners []owner, removed map[uint64]int32) {
	old := lines(p.old)
	for _, b := range blocks(p.old, p.fresh) {
		var runs []span
		for i := b.b0; i < b.b1; i++ {
			u, via := none, -1
			if i < len(owners) && owners[i].by != 0 {
				u = t.h.unit[owners[i].by-1]
				via = int(owners[i].via) - 1
			}
			if len(runs) == 0 || runs[len(runs)-1].unit != u && u != none {
				if n := len(runs); n > 0 && runs[n-1].unit == none {
					runs[n-1].unit = u
				} else {
					runs = append(runs, span{block: block{b.a0, b.a0, i, i}, unit: u})
				}
			}
			last := &runs[len(runs)-1]
			last.b1 = i + 1
			last.note(via)
		}
		if len(runs) == 0 { // the fork only takes away
			runs = append(runs, span{block: b, unit: t.taker(old[b.a0:b.a1], removed)})
		}
		runs[0].a1 = b.a1
		p.spans = append(p.spans, runs...)
	}
	for i := range p.spans {
		if p.spans[i].unit == none {
			p.spans[i].unit = t.near(p, i)
		}
		p.shares[p.spans[i].unit] += p.spans[i].a1 - p.spans[i].a0 + p.spans[i].b1 - p.spans[i].b0
	}
}

func (s *span) note(via int) {
	if via < 0 {
		return
	}
	if s.via == nil {
		s.via = map[int]bool{}
	}
	s.via[via] = true
}

// taker is the unit that took away most of these lines.
func (t *Traced) taker(gone [][]byte, removed map[uint64]int32) int {
	votes := map[int32]int{}
	for _, line := range gone {
		if by, ok := removed[hashLine(line)]; ok {
			votes[by]++
		}
	}
	if len(votes) == 0 {
		return none
	}
	return t.h.unit[most(votes)-1]
}

// near is the unit of the nearest span that has one, or else of the last commit that touched the path.
func (t *Traced) near(p *part, at int) int {
	for d := 1; d < len(p.spans); d++ {
		for _, i := range []int{at - d, at + d} {
			if i >= 0 && i < len(p.spans) && p.spans[i].unit != none {
				return p.spans[i].unit
			}
		}
	}
	return t.last(p.Path, func(Row) bool { return true })
}
