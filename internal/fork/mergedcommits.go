package fork

// sideOf are the own commits that a merge brought in from its second parent.
func (h *history) sideOf(at, side int) []int {
	main := make([]bool, at+1)
	if first, ok := h.own(h.commits[at].parents[0]); ok {
		h.reach(first, main, nil)
	}
	return h.reach(side, make([]bool, at+1), main)
}

// reach lists the own commits that lead to one, itself included, without those in out. It marks them in seen.
func (h *history) reach(from int, seen, out []bool) []int {
	var list []int
	for todo := []int{from}; len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[i] || out != nil && out[i] {
			continue
		}
		seen[i] = true
		list = append(list, i)
		for _, p := range h.commits[i].parents {
			if k, ok := h.own(p); ok {
				todo = append(todo, k)
			}
		}
	}
	return list
}

// mergesUpstream says that what a merge brought in holds merges of upstream's commits: it is no work of its own.
func (h *history) mergesUpstream(at, side int) bool {
	for _, i := range h.sideOf(at, side) {
		c := h.commits[i]
		if len(c.parents) < 2 {
			continue
		}
		for _, p := range c.parents {
			if k, ok := h.own(p); !ok || h.foreign[k] {
				return true
			}
		}
	}
	return false
}
