package diff

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/howdah/howdah/internal/lines"
)

// maxCompared limits the lines that are compared to place a file's hunks: a large hunk could begin at each line of a
// large file.
const maxCompared = 50_000_000

// Placement says where a hunk was applied.
type Placement struct {
	hunk      int  // index in File.Hunks
	Offset    int  // how many lines below the place in the diff, in lines of the old file
	Ambiguous bool // it moved, and its old lines are elsewhere in the old file too
}

// Apply returns the new file. Every line of a hunk must match (fuzz is 0). A hunk whose lines have moved is applied
// at the place nearest to the one in the diff (the lower of two equally near), below the hunk before it, as `git
// apply` does. A hunk without context above, on line 1, has to be at the start of the file; one without context
// below, at its end. Unlike git, a hunk on line 1 with context above may move.
//
// The error is a *ConflictError if a hunk does not fit, and another error if a binary file is not the one that the
// diff was made for.
func (f *File) Apply(old []byte) ([]byte, []Placement, error) {
	fresh, places, err := f.fit(old, new(int))
	var wrong *ConflictError
	if errors.As(err, &wrong) {
		at := 0 // below the hunk before it
		if n := len(places); n > 0 {
			at = f.Hunks[n-1].from() + places[n-1].Offset + f.Hunks[n-1].OldLines
		}
		t := text{Text: lines.New(old)}
		h := &f.Hunks[wrong.hunk]
		start, _ := t.resembles(h, at, wrong.Line-1, NewSearch(maxCompared, maxCompared))
		wrong = t.conflict(h, wrong.hunk, start)
		return nil, nil, wrong
	}
	return fresh, places, err
}

// ErrNoPlace means that a hunk does not fit anywhere.
var ErrNoPlace = errors.New("the lines of a hunk are not in the file")

// Fit is Apply without the details of the hunk that does not fit; in this case it is faster.
func (f *File) Fit(old []byte) ([]byte, []Placement, error) { return f.FitCounted(old, new(int)) }

// FitCounted is Fit, and adds to work the number of lines that it compared: a measure of its cost that is the same on
// every machine.
func (f *File) FitCounted(old []byte, work *int) ([]byte, []Placement, error) {
	for i := range f.Hunks {
		if f.Hunks[i].OldLines > len(old) { // a line has at least one byte
			return nil, nil, ErrNoPlace
		}
		if i*len(old) > maxSwept {
			break // from here on, lines are looked up in an index
		}
		if !contains(old, f.Hunks[i].oldBegin(), work) {
			return nil, nil, ErrNoPlace
		}
	}
	placing := 0
	defer func() { *work += placing }()
	fresh, places, err := f.fit(old, &placing)
	if wrong := (*ConflictError)(nil); errors.As(err, &wrong) {
		return nil, nil, ErrNoPlace
	}
	return fresh, places, err
}

// fit is Apply, except that its *ConflictError has the line at which the hunk should begin. With such an error it
// also returns the places of the hunks before.
func (f *File) fit(old []byte, work *int) ([]byte, []Placement, error) {
	if f.Binary != nil {
		fresh, err := f.applyBinary(old)
		return fresh, nil, err
	}
	if len(f.Hunks) == 0 {
		return old, nil, nil
	}
	t := newSearched(old, work)
	var out []byte
	places := make([]Placement, 0, len(f.Hunks))
	done, offset := 0, 0 // lines of t that are in out or replaced; the offset of the last hunk
	for i := range f.Hunks {
		h := &f.Hunks[i]
		at, ambiguous, ok := t.place(h, done)
		if *t.work > maxCompared {
			return nil, nil, fmt.Errorf("hunk %d: too many lines are like its own to find its place", i+1)
		}
		if !ok {
			return nil, places, &ConflictError{hunk: i, Line: max(done, h.from()+offset) + 1}
		}
		if i == 0 { // most hunks that do not fit are the first: until then, the result takes no memory
			out = make([]byte, 0, len(old)+f.grows())
		}
		offset = at - h.from()
		places = append(places, Placement{i, offset, ambiguous})
		out = append(out, t.Between(done, at)...)
		for _, l := range h.Lines {
			if l.Op != '-' {
				out = append(out, l.Text...)
			}
		}
		done = at + h.OldLines
	}
	return append(out, t.Between(done, t.Len())...), places, nil
}

// grows returns how many bytes the patch adds to a file.
func (f *File) grows() (n int) {
	for i := range f.Hunks {
		for k := range f.Hunks[i].Lines {
			if l := &f.Hunks[i].Lines[k]; l.Op == '+' {
				n += len(l.Text)
			}
		}
	}
	return n
}

// anchored reports whether a hunk has to be at the start or at the end of a file.
func (h *Hunk) anchored() (first, last bool) {
	head, end := h.Context()
	return head == 0 && h.OldStart <= 1, end == 0
}

// place returns the line of a hunk, at or below line from. Ambiguous means that it moved and fits elsewhere too.
func (t text) place(h *Hunk, from int) (at int, ambiguous, ok bool) {
	first, last := h.anchored()
	end := t.Len() - h.OldLines // the last line at which it could begin
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
	at = -1
	places := 0
	for i := range t.with(h) {
		if places++; i >= from && (at < 0 || distance(i, start) < distance(at, start) || i > start && i-start == start-at) {
			at = i
		}
	}
	return at, places > 1, at >= 0
}

// old returns the lines that a hunk replaces, with the context, as one text.
func (h *Hunk) old() []byte {
	size := 0
	for i := range h.Lines {
		if l := &h.Lines[i]; l.Op != '+' {
			size += len(l.Text)
		}
	}
	old := make([]byte, 0, size)
	for i := range h.Lines {
		if l := &h.Lines[i]; l.Op != '+' {
			old = append(old, l.Text...)
		}
	}
	return old
}

// has reports whether a hunk's old lines are at line i.
func (t text) has(h *Hunk, i int) bool {
	*t.work++
	if i < 0 || i+h.OldLines > t.Len() {
		return false
	}
	for k := range h.Lines {
		if l := &h.Lines[k]; l.Op != '+' {
			*t.work++
			if !bytes.Equal(l.Text, t.Line(i)) {
				return false
			}
			i++
		}
	}
	return true
}

func distance(i, j int) int { return max(i-j, j-i) }
