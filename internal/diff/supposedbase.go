package diff

import (
	"bytes"

	"github.com/howdah/howdah/internal/lines"
)

// Supposition is a guess at the base of a diff whose base is not known: ours, with the diff's old lines at the places
// where ours is most similar.
type Supposition struct {
	Base, Theirs []byte
	Marked       []byte     // ours, with the hunks that fit, and markers around the places of the others
	Conflicts    []Conflict // the first of them
	Nominal      bool       // some are at the lines in the diff: the search for a better place was too costly
}

// maxSupposed limits the hunks for which a base is guessed: nobody resolves more by hand.
const maxSupposed = 10_000

// Suppose guesses a base for a diff that does not fit ours. It is only for display, and never merged: each hunk that
// does not fit is a conflict. For binary files, and if there is no such hunk or too many, ok is false.
func (f *File) Suppose(ours []byte, names Names, search *Search) (s Supposition, ok bool) {
	if f.Binary != nil || f.New || f.Deleted || IsBinary(ours) || len(f.Hunks) == 0 ||
		len(f.Hunks) > maxSupposed {
		return s, false
	}
	t := newSearched(ours, new(int))
	done := 0
	marked := parts{nil, lineEnd(t.Text)}
	for i := range f.Hunks {
		h := &f.Hunks[i]
		old, fresh := h.sides()
		begin, end, fits, nominal := t.supposed(h, done, search)
		s.Nominal = s.Nominal || nominal
		above, there := t.Between(done, begin), t.Between(begin, end)
		s.Base, s.Theirs = append(append(s.Base, above...), old...), append(append(s.Theirs, above...), fresh...)
		marked.out = append(marked.out, above...)
		switch {
		case fits:
			marked.out = append(marked.out, fresh...)
		case bytes.Equal(there, fresh):
			marked.out = append(marked.out, there...)
		default:
			c := newConflict(there, old, fresh)
			c.OursLine, c.BaseLine, c.TheirsLine = begin+1+c.At, begin+1+c.At, begin+1+c.At
			marked.conflict(there, c, names)
			c.At = c.OursLine
			if len(s.Conflicts) < maxTrials { // the marked text has them all
				s.Conflicts = append(s.Conflicts, c)
			}
		}
		done = end
	}
	rest := t.Between(done, t.Len())
	s.Base, s.Theirs = append(s.Base, rest...), append(s.Theirs, rest...)
	s.Marked = append(marked.out, rest...)
	return s, len(s.Conflicts) > 0
}

// Seek searches as Suppose does, and spends as much of the budget, for a file of which nothing is shown.
func (f *File) Seek(ours []byte, search *Search) {
	if f.Binary != nil || f.New || f.Deleted || IsBinary(ours) || len(f.Hunks) > maxSupposed {
		return
	}
	t := newSearched(ours, new(int))
	done := 0
	for i := range f.Hunks {
		_, done, _, _ = t.supposed(&f.Hunks[i], done, search)
	}
}

// supposed returns the lines that a hunk is supposed to replace, whether it fits there and nowhere else, and whether
// they are only where the hunk says.
func (t text) supposed(h *Hunk, from int, search *Search) (begin, end int, fits, nominal bool) {
	ambiguous := false
	if !search.over() {
		before := *t.work
		begin, ambiguous, fits = t.place(h, from)
		search.spend(*t.work - before + workOfPlace)
	}
	if end = begin + h.OldLines; !fits {
		begin, end, nominal = t.extent(h, from, search)
	}
	return begin, end, fits && !ambiguous, nominal // it moved, and fits elsewhere too
}

// newConflict returns the three sides of a region without the lines with which all begin and end; At is the number of
// lines they begin with.
func newConflict(ours, base, theirs []byte) (c Conflict) {
	list := [3][][]byte{}
	for i, side := range [3][]byte{ours, base, theirs} {
		list[i] = split(side)
	}
	all := func(at func([][]byte) []byte) bool {
		for _, side := range list {
			if len(side) == 0 || !bytes.Equal(at(side), at(list[0])) {
				return false
			}
		}
		return true
	}
	for all(func(side [][]byte) []byte { return side[0] }) {
		c.At++
		for i := range list {
			list[i] = list[i][1:]
		}
	}
	for all(func(side [][]byte) []byte { return side[len(side)-1] }) {
		for i := range list {
			list[i] = list[i][:len(list[i])-1]
		}
	}
	c.Ours, c.Base, c.Theirs = list[0], list[1], list[2]
	return c
}

// conflict writes a region of ours with markers around its conflict.
func (p *parts) conflict(there []byte, c Conflict, names Names) {
	t := lines.New(there)
	p.out = append(p.out, t.Between(0, c.At)...)
	p.mark("<<<<<<<", names.Ours)
	p.lines(bytes.Join(c.Ours, nil))
	p.mark("|||||||", names.Base)
	p.lines(bytes.Join(c.Base, nil))
	p.mark("=======", "")
	p.lines(bytes.Join(c.Theirs, nil))
	p.mark(">>>>>>>", names.Theirs)
	p.out = append(p.out, t.Between(c.At+len(c.Ours), t.Len())...)
}

// lineEnd returns how a text's first line ends.
func lineEnd(t lines.Text) []byte {
	if t.Len() > 0 && endingOf(t, 0) == crlf {
		return []byte("\r\n")
	}
	return newline
}

// sides returns a hunk's old and new lines as texts.
func (h *Hunk) sides() (old, fresh []byte) {
	for _, l := range h.Lines {
		if l.Op != '-' {
			fresh = append(fresh, l.Text...)
		}
	}
	return h.old(), fresh
}

// maxShift is how many lines the first and the last of a hunk's lines may have moved apart.
const maxShift = 20

// extent returns the part of a text that a hunk which does not fit probably replaces: where the text is most similar,
// from the first of its old lines to the last.
func (t text) extent(h *Hunk, from int, s *Search) (begin, end int, nominal bool) {
	at, nominal := t.resembles(h, from, min(max(from, h.from()), t.Len()), s)
	if nominal {
		return at, min(at+h.OldLines, t.Len()), true
	}
	var old [][]byte
	for _, l := range h.Lines {
		if l.Op != '+' {
			old = append(old, l.Text)
		}
	}
	begin, end = at, at
	for k := 0; k < len(old) && s.spend(maxShift); k++ {
		if i := t.nearby(old[k], at+k, from); i >= 0 {
			begin, end = i-k, i+1
			break
		}
	}
	for k := len(old) - 1; k >= 0 && s.spend(maxShift); k-- {
		if i := t.nearby(old[k], at+k, end-1); i >= 0 {
			end = i + len(old) - k
			break
		}
	}
	begin = min(max(begin, from), t.Len())
	return begin, min(max(begin, end), t.Len()), false
}

// nearby returns the line with the same text as another one that is nearest to at, and not above from; -1 if there is
// none. A blank line matches none.
func (t text) nearby(line []byte, at, from int) int {
	if line = bytes.TrimSpace(line); len(line) == 0 {
		return -1
	}
	for d := range maxShift {
		for _, i := range [2]int{at + d, at - d} {
			if i >= max(from, 0) && i < t.Len() && bytes.Equal(bytes.TrimSpace(t.Line(i)), line) {
				return i
			}
		}
	}
	return -1
}
