package diff

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/howdah/howdah/internal/lines"
)

// maxCompared is how many lines are compared at most to find the places of a file's hunks; at each of a large file's
// lines a large hunk may begin.
const maxCompared = 50_000_000

// Placement is where a hunk went.
type Placement struct {
	hunk      int  // index in File.Hunks
	Offset    int  // how many lines below the place that the diff names, in lines of the old file
	Ambiguous bool // it moved, and the lines that it replaces stand elsewhere in the old file too
}

// Apply makes the new file of the old one. Every line of a hunk must be there (fuzz is 0). A hunk whose lines moved
// goes to the place nearest to the one that the diff names, the lower of two equally near, behind the hunk before it;
// so does `git apply`. One without context above, on line 1, begins the file and one without context below ends it.
// git holds every hunk on line 1 to the beginning; here one with context above may move like others.
//
// A *ConflictError is a hunk that has no place; another error, a binary file that is not the one the diff is for.
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

// ErrNoPlace says that some hunk has no place.
var ErrNoPlace = errors.New("the lines of a hunk are not in the file")

// Fit is Apply for those who need not know which hunk has no place, and why: it is faster where one has none.
func (f *File) Fit(old []byte) ([]byte, []Placement, error) { return f.FitCounted(old, new(int)) }

// FitCounted is Fit, and adds to work how many lines it compared: a measure of its cost that is the same on every
// machine.
func (f *File) FitCounted(old []byte, work *int) ([]byte, []Placement, error) {
	for i := range f.Hunks {
		if f.Hunks[i].OldLines > len(old) { // a line has a byte at least
			return nil, nil, ErrNoPlace
		}
		if i*len(old) > maxSwept {
			break // the lines are looked up from here on
		}
		if !contains(old, f.Hunks[i].old(), work) {
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

// fit is Apply, with the line of its *ConflictError the one at which the hunk should begin. Beside such an error are
// the places of the hunks before.
func (f *File) fit(old []byte, work *int) ([]byte, []Placement, error) {
	if f.Binary != nil {
		fresh, err := f.applyBinary(old)
		return fresh, nil, err
	}
	if len(f.Hunks) == 0 {
		return old, nil, nil
	}
	t := newSearched(old, work)
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
			return nil, places, &ConflictError{hunk: i, Line: max(done, h.from()+offset) + 1}
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

// anchored says whether a hunk can only stand at the beginning or the end of a file.
func (h *Hunk) anchored() (first, last bool) {
	head, end := h.context()
	return head == 0 && h.OldStart <= 1, end == 0
}

// place finds where a hunk goes, at line from or below; ambiguous says that it moved and could stand elsewhere.
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

// old are the lines that a hunk replaces, and those around them, as one text.
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

// has says whether a hunk's old lines stand at line i.
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
