package fork

// sideOf returns the fork's own commits that a merge brought in from its second parent.
func (h *history) sideOf(at, side int) []int {
	main := make([]bool, at+1)
	if first, ok := h.own(h.commits[at].parents[0]); ok {
		h.reach(first, main, nil)
	}
	return h.reach(side, make([]bool, at+1), main)
}

// reach returns from and the fork's own commits that are ancestors of it, without those in out. It sets them in seen.
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

// mergesUpstream reports whether what a merge brought in itself merges upstream's commits. Such a pull request only
// updates the fork.
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
