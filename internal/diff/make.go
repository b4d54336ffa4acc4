package diff

import (
	"bytes"
	"regexp"
)

// around is how many unchanged lines git shows around a change.
const around = 3

// Diff makes the hunks that lead from old to fresh, as `git diff` does.
func Diff(old, fresh []byte) []Hunk {
	a, b := lines(old), lines(fresh)
	changes := compareLines(newPool(len(a)+len(b)/8), a, b, true)
	var out []Hunk
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].aFrom-changes[n-1].aTo <= 2*around {
			n++
		}
		out = append(out, hunkOf(a, b, changes[:n]))
		changes = changes[n:]
	}
	return out
}

func hunkOf(a, b [][]byte, changes []script) Hunk {
	first, last := changes[0], changes[len(changes)-1]
	lead := min(around, first.aFrom)
	from, to := first.aFrom-lead, min(len(a), last.aTo+around)
	h := Hunk{OldStart: from + 1, NewStart: first.bFrom - lead + 1, Section: section(a, from)}
	at := from
	for _, c := range changes {
		for ; at < c.aFrom; at++ {
			h.Lines = append(h.Lines, Line{' ', a[at]})
		}
		for ; at < c.aTo; at++ {
			h.Lines = append(h.Lines, Line{'-', a[at]})
		}
		for j := c.bFrom; j < c.bTo; j++ {
			h.Lines = append(h.Lines, Line{'+', b[j]})
		}
	}
	for ; at < to; at++ {
		h.Lines = append(h.Lines, Line{' ', a[at]})
	}
	for _, l := range h.Lines {
		if l.Op != '+' {
			h.OldLines++
		}
		if l.Op != '-' {
			h.NewLines++
		}
	}
	if h.OldLines == 0 {
		h.OldStart--
	}
	if h.NewLines == 0 {
		h.NewStart--
	}
	return h
}

// heading is git's default for a line that heads a section.
var heading = regexp.MustCompile(`^[A-Za-z_$]`)

// section is the nearest heading above a hunk, at most 80 bytes of it.
func section(a [][]byte, from int) string {
	for i := from - 1; i >= 0; i-- {
		if heading.Match(a[i]) {
			line := bytes.TrimRight(a[i], " \t\r\n")
			return string(bytes.TrimRight(line[:min(80, len(line))], " \t"))
		}
	}
	return ""
}

// Texts makes the diff of one file from its two contents; binary contents, those with a NUL byte in their first 8000
// bytes, as git says, become a binary patch. nil means that nothing differs.
func Texts(name string, old, fresh []byte) *File {
	f := &File{OldName: name, NewName: name, Line: 1}
	if bytes.Equal(old, fresh) {
		return nil
	}
	if IsBinary(old) || IsBinary(fresh) {
		f.Binary = &Binary{Forward: &Chunk{Data: fresh}, Reverse: &Chunk{Data: old}}
		return f
	}
	f.Hunks = Diff(old, fresh)
	return f
}

// IsBinary says whether git would take a content for binary.
func IsBinary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 }
