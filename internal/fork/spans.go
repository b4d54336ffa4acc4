package fork

// spans splits the differences of a text where the author changes, and sets p.spans and p.shares. A line that
// upstream wrote (upstream has removed it, the fork kept it) joins the span beside it.
func (t *Traced) spans(p *changedPath, owners []owner, removed map[uint64]int32) {
	old := lines(p.old)
	for _, b := range blocks(p.old, p.fresh) {
		var runs []lineSpan
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
					runs = append(runs, lineSpan{diffBlock: diffBlock{b.a0, b.a0, i, i}, unit: u})
				}
			}
			last := &runs[len(runs)-1]
			last.b1 = i + 1
			last.note(via)
		}
		if len(runs) == 0 { // the fork only removed lines here
			runs = append(runs, lineSpan{diffBlock: b, unit: t.removingUnit(old[b.a0:b.a1], removed)})
		}
		runs[0].a1 = b.a1
		p.spans = append(p.spans, runs...)
	}
	for i := range p.spans {
		if p.spans[i].unit == none {
			p.spans[i].unit = t.nearestUnit(p, i)
		}
		p.shares[p.spans[i].unit] += p.spans[i].a1 - p.spans[i].a0 + p.spans[i].b1 - p.spans[i].b0
	}
}

func (s *lineSpan) note(via int) {
	if via < 0 {
		return
	}
	if s.via == nil {
		s.via = map[int]bool{}
	}
	s.via[via] = true
}

// removingUnit returns the unit that removed most of these lines, or none.
func (t *Traced) removingUnit(gone [][]byte, removed map[uint64]int32) int {
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

// nearestUnit returns the unit of the nearest span that has one, or else of the last commit that touched the path.
func (t *Traced) nearestUnit(p *changedPath, at int) int {
	for d := 1; d < len(p.spans); d++ {
		for _, i := range []int{at - d, at + d} {
			if i >= 0 && i < len(p.spans) && p.spans[i].unit != none {
				return p.spans[i].unit
			}
		}
	}
	return t.lastUnit(p.Path, func(Row) bool { return true })
}
