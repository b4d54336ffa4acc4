package diff

import (
	"bytes"
	"iter"
	"slices"
)

// sweep is how many bytes can be searched in the time of comparing two lines.
const sweep = 64

// maxCandidates is how many lines that begin like a hunk are compared with it one by one.
const maxCandidates = 16

// with yields the lines at which a hunk's old lines are, until the limit of comparisons is reached. If many lines
// begin like the hunk, as among equal lines, no line is compared more than twice.
func (t text) with(h *Hunk) iter.Seq[int] {
	return func(yield func(int) bool) {
		if t.known.swept > maxSwept {
			t.lookUp(h)(yield)
			return
		}
		old := h.old()
		needle := old[:min(len(old), maxNeedle)]
		candidates := 0
		for at := 0; len(needle) > 0 && *t.work <= maxCompared; at++ {
			n := bytes.Index(t.Data[at:], needle)
			if n < 0 {
				t.swept(len(t.Data) - at)
				return
			}
			at += n
			t.swept(n + sweep)
			line, begins := slices.BinarySearch(t.Starts, at)
			if !begins {
				continue
			}
			if candidates++; candidates > maxCandidates {
				t.among(h, line)(yield)
				return
			}
			if t.has(h, line) && !yield(line) {
				return
			}
		}
	}
}

// swept counts bytes that were searched.
func (t text) swept(n int) {
	t.known.swept += n
	*t.work += n / sweep
}

// among yields the lines, from one on, at which a hunk's old lines are, by the algorithm of Knuth, Morris and Pratt.
func (t text) among(h *Hunk, from int) iter.Seq[int] {
	return func(yield func(int) bool) {
		var old [][]byte
		for i := range h.Lines {
			if h.Lines[i].Op != '+' {
				old = append(old, h.Lines[i].Text)
			}
		}
		*t.work += 2*len(old) + 2*(t.Len()-from)
		back := make([]int32, len(old)+1) // by number of lines: the length of the longest proper suffix that is a prefix too
		for i, k := 1, 0; i < len(old); i++ {
			for k > 0 && !bytes.Equal(old[i], old[k]) {
				k = int(back[k])
			}
			if bytes.Equal(old[i], old[k]) {
				k++
			}
			back[i+1] = int32(k)
		}
		for i, k := from, 0; i < t.Len(); i++ {
			line := t.Line(i)
			for k > 0 && !bytes.Equal(line, old[k]) {
				k = int(back[k])
			}
			if bytes.Equal(line, old[k]) {
				k++
			}
			if k == len(old) {
				if !yield(i + 1 - k) {
					return
				}
				k = int(back[k])
			}
		}
	}
}

// maxNeedle is the longest needle, in bytes, that package bytes finds in one sweep with the processor's widest
// instructions.
const maxNeedle = 63

// maxPieces is how many pieces of a needle are searched at most.
const maxPieces = 8

// oldBegin is the begin of the lines that a hunk replaces: what contains looks for.
func (h *Hunk) oldBegin() (begin []byte) {
	left := h.OldLines
	for i := 0; left > 0 && i < len(h.Lines) && len(begin) < maxPieces*maxNeedle; i++ {
		if l := &h.Lines[i]; l.Op != '+' {
			begin = append(begin, l.Text...)
			left--
		}
	}
	return begin
}

// contains reports whether the first pieces of a needle are all in a text, which is necessary for the needle itself.
// It adds the cost to work.
func contains(data, needle []byte, work *int) bool {
	for range maxPieces {
		if len(needle) == 0 {
			return true
		}
		*work += 1 + len(data)/sweep
		n := min(len(needle), maxNeedle)
		if !bytes.Contains(data, needle[:n]) {
			return false
		}
		needle = needle[n:]
	}
	return true
}
