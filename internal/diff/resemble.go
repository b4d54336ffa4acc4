package diff

import "bytes"

// maxResembled is how many lines are compared at most to find where a hunk that does not fit was meant for.
const maxResembled = 2_000_000

// resembles is the line, from one on, at which most of a hunk's old lines stand in their places, blank ones aside; of
// equals the nearest to start. Where nothing is like it, and in a text that is too large, it is start.
func (t text) resembles(h *Hunk, from, start int) int {
	if (t.len()-from)*h.OldLines > maxResembled {
		return start
	}
	best, most := start, 0
	for at := from; at < t.len(); at++ {
		n, k := 0, at
		for i := range h.Lines {
			l := &h.Lines[i]
			if l.Op == '+' {
				continue
			}
			if k < t.len() && bytes.Equal(l.Text, t.line(k)) && len(bytes.TrimSpace(l.Text)) > 0 {
				n++
			}
			k++
		}
		if n > most || n == most && n > 0 && abs(at-start) < abs(best-start) {
			best, most = at, n
		}
	}
	return best
}
