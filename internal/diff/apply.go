package diff

import (
	"bytes"
	"fmt"
	"slices"
)

// Placement is where a hunk went. Offset is how far from where the diff says, counted after the hunks before it
// moved nothing: in lines of the old file. Ambiguous: what it replaces stands elsewhere too, no farther off than it
// could have gone.
type Placement struct {
	Hunk      int // index in File.Hunks
	Offset    int
	Ambiguous bool
}

// ConflictError is a hunk that has no place.
type ConflictError struct {
	Hunk int // index in File.Hunks
	Line int // of the old file, one-based: where it should be
	Want []byte
	Got  []byte // the line of the old file that differs; nil at its end
}

// Error names the hunk and the first line that differs.
func (e *ConflictError) Error() string {
	if e.Got == nil {
		return fmt.Sprintf("hunk %d: line %d should be %q, and the file ends before it", e.Hunk+1, e.Line, bytes.TrimRight(e.Want, "\r\n"))
	}
	return fmt.Sprintf("hunk %d: line %d should be %q and is %q", e.Hunk+1, e.Line, bytes.TrimRight(e.Want, "\r\n"), bytes.TrimRight(e.Got, "\r\n"))
}

// Apply makes the new file of the old one. Every line of context must be there (fuzz is 0); a hunk whose lines moved
// goes to the nearest place that has them, behind the hunk before it. A hunk that begins or ends a file, for lack of
// context, stays there. An error that is no *ConflictError says that a binary patch does not fit.
func (f *File) Apply(old []byte) ([]byte, []Placement, error) {
	if f.Binary != nil {
		out, err := f.Binary.Forward.apply(old)
		return out, nil, err
	}
	if len(f.Hunks) == 0 {
		return old, nil, nil
	}
	text := lines(old)
	out := make([][]byte, 0, len(text)+16)
	var places []Placement
	done := 0 // lines of text that are in out or replaced
	shift := 0
	for i := range f.Hunks {
		h := &f.Hunks[i]
		want := h.old()
		head, end := h.context()
		start := h.OldStart - 1
		if h.OldLines == 0 {
			start = h.OldStart
		}
		at, ambiguous := place(text, want, start+shift, done, head < end && h.OldStart <= 1, end < head)
		if at < 0 {
			return nil, nil, conflict(i, text, want, start+shift)
		}
		places = append(places, Placement{Hunk: i, Offset: at - start, Ambiguous: ambiguous && at != start})
		shift = at - start
		out = append(out, text[done:at]...)
		out = append(out, h.fresh()...)
		done = at + len(want)
	}
	out = append(out, text[done:]...)
	return glue(out), places, nil
}

// place finds want in text from the line from on, as near to start as can be; -1 is nowhere.
func place(text, want [][]byte, start, from int, first, last bool) (at int, ambiguous bool) {
	fits := func(i int) bool {
		if i < from || i+len(want) > len(text) || first && i != 0 || last && i+len(want) != len(text) {
			return false
		}
		for k, line := range want {
			if !bytes.Equal(text[i+k], line) {
				return false
			}
		}
		return true
	}
	if len(want) == 0 { // lines that go into an empty file, or without any context
		if fits(start) {
			return start, false
		}
		return -1, false
	}
	if fits(start) {
		return start, false
	}
	at = -1
	for d := 1; d <= max(start-from, len(text)-start); d++ {
		for _, i := range [2]int{start - d, start + d} {
			if !fits(i) {
				continue
			}
			if at >= 0 {
				return at, true
			}
			at = i
		}
	}
	return at, false
}

func conflict(hunk int, text, want [][]byte, start int) error {
	start = max(start, 0)
	e := &ConflictError{Hunk: hunk, Line: start + 1}
	for k, line := range want {
		if start+k >= len(text) {
			e.Line, e.Want = start+k+1, line
			return e
		}
		if !bytes.Equal(text[start+k], line) {
			e.Line, e.Want, e.Got = start+k+1, line, text[start+k]
			return e
		}
	}
	if len(want) > 0 {
		e.Want = want[0]
	}
	if start < len(text) {
		e.Got = text[start]
	}
	return e
}

// glue joins lines; one without a line feed that is no longer the last gets one, as git gives it.
func glue(parts [][]byte) []byte {
	size := 0
	for _, p := range parts {
		size += len(p) + 1
	}
	out := make([]byte, 0, size)
	for i, p := range parts {
		out = append(out, p...)
		if i < len(parts)-1 && len(p) > 0 && p[len(p)-1] != '\n' {
			out = append(out, '\n')
		}
	}
	return out
}

// Reverse is the diff from the new file to the old one.
func (f *File) Reverse() *File {
	r := *f
	r.OldName, r.NewName, r.OldMode, r.NewMode, r.OldID, r.NewID = f.NewName, f.OldName, f.NewMode, f.OldMode, f.NewID, f.OldID
	r.New, r.Deleted = f.Deleted, f.New
	if f.Binary != nil {
		r.Binary = &Binary{Forward: f.Binary.Reverse, Reverse: f.Binary.Forward}
	}
	r.Hunks = slices.Clone(f.Hunks)
	for i := range r.Hunks {
		h := &r.Hunks[i]
		h.OldStart, h.OldLines, h.NewStart, h.NewLines = h.NewStart, h.NewLines, h.OldStart, h.OldLines
		h.Lines = slices.Clone(h.Lines)
		for k := range h.Lines {
			switch h.Lines[k].Op {
			case '-':
				h.Lines[k].Op = '+'
			case '+':
				h.Lines[k].Op = '-'
			}
		}
	}
	return &r
}
