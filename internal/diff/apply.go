package diff

import (
	"bytes"
	"fmt"
)

// maxCompared is how many lines are compared at most to find the places of a file's hunks; at each of a large file's
// lines a large hunk may begin.
const maxCompared = 50_000_000

// Placement is where a hunk went.
type Placement struct {
	Hunk      int  // index in File.Hunks
	Offset    int  // how many lines below the place that the diff names, in lines of the old file
	Ambiguous bool // it moved, and the lines that it replaces stand elsewhere in the old file too
}

// Apply makes the new file of the old one. Every line of a hunk must stand there (fuzz is 0). A hunk whose lines moved
// goes to the place nearest to the one that the diff names, the lower of two equally near, behind the hunk before it;
// so does `git apply`. One without context above, on line 1, begins the file and one without context below ends it.
// git holds every hunk on line 1 to the beginning; here one with context above may move like others.
//
// A *ConflictError is a hunk that has no place; another error, a binary file that is not the one the diff is for.
func (f *File) Apply(old []byte) ([]byte, []Placement, error) {
	if f.Binary != nil {
		fresh, err := f.applyBinary(old)
		return fresh, nil, err
	}
	if len(f.Hunks) == 0 {
		return old, nil, nil
	}
	t := newText(old)
	t.work = new(int)
	grow := 0
	for i := range f.Hunks {
		for _, l := range f.Hunks[i].Lines {
			if l.Op == '+' {
				grow += len(l.Text)
			}
		}
	}
	out := make([]byte, 0, len(old)+grow)
	places := make([]Placement, 0, len(f.Hunks))
	done, offset := 0, 0 // lines of t that are in out or replaced; the last hunk's offset
	for i := range f.Hunks {
		h := &f.Hunks[i]
		at, ambiguous, ok := t.place(h, done)
		if *t.work > maxCompared {
			return nil, nil, fmt.Errorf("hunk %d: too many lines are like its own to find its place", i+1)
		}
		if !ok {
			return nil, nil, t.conflict(h, i, t.resembles(h, done, max(done, h.from()+offset)))
		}
		offset = at - h.from()
		places = append(places, Placement{i, offset, ambiguous})
		out = append(out, t.between(done, at)...)
		for _, l := range h.Lines {
			if l.Op != '-' {
				out = append(out, l.Text...)
			}
		}
		done = at + h.OldLines
	}
	return append(out, t.between(done, t.len())...), places, nil
}

// anchored says whether a hunk can only stand at the beginning or the end of a file.
func (h *Hunk) anchored() (first, last bool) {
	head, end := h.context()
	return head == 0 && h.OldStart <= 1, end == 0
}

// place finds where a hunk goes, at line from or below; ambiguous says that it moved and could stand elsewhere.
func (t text) place(h *Hunk, from int) (at int, ambiguous, ok bool) {
	first, last := h.anchored()
	end := t.len() - h.OldLines // the last line at which it could begin
	start := h.from()
	if first || last {
		at = end
		if first {
			at = 0
		}
		return at, false, at >= from && (!last || at == end) && t.has(h, at)
	}
	if start >= from && t.has(h, start) {
		return start, false, true
	}
	start = min(start, t.len()) // a diff may name any line
	at = -1
	for d := 1; (start+d <= end || start-d >= 0) && *t.work <= maxCompared; d++ {
		for _, i := range [2]int{start + d, start - d} {
			if at < 0 && i < from || !t.has(h, i) {
				continue
			}
			if at >= 0 {
				return at, true, true
			}
			at = i
		}
	}
	for i := 0; at >= 0 && i < from && *t.work <= maxCompared; i++ {
		if i != at && t.has(h, i) {
			return at, true, true
		}
	}
	return at, false, at >= 0
}

// has says whether a hunk's old lines stand at line i.
func (t text) has(h *Hunk, i int) bool {
	*t.work++
	if i < 0 || i+h.OldLines > t.len() {
		return false
	}
	for k := range h.Lines {
		if l := &h.Lines[k]; l.Op != '+' {
			*t.work++
			if !bytes.Equal(l.Text, t.line(i)) {
				return false
			}
			i++
		}
	}
	return true
}
