package diff

import (
	"bytes"
	"fmt"
)

// ConflictError is a hunk that does not fit.
type ConflictError struct {
	hunk int    // index in File.Hunks
	Line int    // of the old file, one-based: the first line that differs from the hunk, at the place where it should be
	want []byte // the hunk's line; nil if the file should end before this line
	Got  []byte // the file's line; nil if the file ends before this line

	Nominal bool // Line is only the one that the diff names: the search for a better place was too costly
}

// Error names the hunk, the line, and what was expected there.
func (e *ConflictError) Error() string {
	want, got := bytes.TrimRight(e.want, "\r\n"), bytes.TrimRight(e.Got, "\r\n")
	switch {
	case e.want == nil:
		return fmt.Sprintf("hunk %d: the file should end before line %d, which is %q", e.hunk+1, e.Line, got)
	case e.Got == nil:
		return fmt.Sprintf("hunk %d: line %d should be %q, and the file ends before it", e.hunk+1, e.Line, want)
	case bytes.Equal(e.want, e.Got):
		return fmt.Sprintf("hunk %d: line %d is %q as expected, but the previous hunk ends there or below", e.hunk+1,
			e.Line, want)
	case bytes.Equal(want, got):
		return fmt.Sprintf("hunk %d: line %d, %q, should end in %s and ends in %s", e.hunk+1, e.Line, want, ending(e.want),
			ending(e.Got))
	}
	return fmt.Sprintf("hunk %d: line %d: expected %q, found %q", e.hunk+1, e.Line, want, got)
}

func ending(line []byte) string {
	switch {
	case bytes.HasSuffix(line, []byte("\r\n")):
		return "CRLF"
	case bytes.HasSuffix(line, newline):
		return "LF"
	}
	return "no line feed"
}

// conflict returns why a hunk does not fit at line start.
func (t text) conflict(h *Hunk, hunk, start int) *ConflictError {
	first, last := h.anchored()
	if first {
		start = 0
	}
	e := &ConflictError{hunk: hunk}
	k := start
	for _, l := range h.Lines {
		if l.Op == '+' {
			continue
		}
		switch {
		case k >= t.Len():
			e.Line, e.want = t.Len()+1, l.Text
			return e
		case !bytes.Equal(l.Text, t.Line(k)):
			e.Line, e.want, e.Got = k+1, l.Text, t.Line(k)
			return e
		}
		k++
	}
	if last && k < t.Len() {
		e.Line, e.Got = k+1, t.Line(k)
		return e
	}
	e.Line, e.want, e.Got = start+1, h.firstOld(), nil
	if start < t.Len() {
		e.Got = t.Line(start)
	}
	return e
}

// firstOld returns a hunk's first old line, or nil.
func (h *Hunk) firstOld() []byte {
	for _, l := range h.Lines {
		if l.Op != '+' {
			return l.Text
		}
	}
	return nil
}
