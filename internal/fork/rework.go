package fork

// reworkCounter counts, for one commit and one of its parents, whose lines the commit replaced.
type reworkCounter struct {
	t             *fileTrace
	old           [][]byte
	before, after []owner // owners of the old and of the new lines
	known         []bool  // by new line: some parent has the line
	me            int32
	merge         bool
}

func (r *reworkCounter) all(differences []diffBlock) {
	for _, b := range differences {
		votes := map[int32]int{}
		for i := b.a0; i < b.a1 && i < len(r.before); i++ {
			by := r.before[i].by
			switch {
			case by != 0:
				votes[by]++
				if !r.merge && by != r.me {
					r.t.rework[[2]int32{r.me, by}]++
				}
			case !r.merge:
				r.t.removed[hashLine(r.old[i])] = r.me
			}
		}
		if r.merge && len(votes) > 0 {
			r.resolved(b, most(votes))
		}
	}
}

// resolved attributes lines that a merge wrote in place of a commit's lines to that commit.
func (r *reworkCounter) resolved(b diffBlock, by int32) {
	for i := b.b0; i < b.b1; i++ {
		if !r.known[i] {
			r.after[i], r.known[i] = owner{by: by, via: r.me}, true
		}
	}
}

// most returns the commit with the most votes; of several, the newest.
func most(votes map[int32]int) int32 {
	best := int32(0)
	for by, n := range votes {
		if best == 0 || n > votes[best] || n == votes[best] && by > best {
			best = by
		}
	}
	return best
}
