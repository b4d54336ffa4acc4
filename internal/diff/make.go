package diff

import (
	"bytes"

	"github.com/howdah/howdah/internal/lines"
)

// around is how many context lines git shows.
const around = 3

// Diff returns the hunks from old to fresh, as `git diff` does.
func Diff(old, fresh []byte) []Hunk {
	if bytes.Equal(old, fresh) {
		return nil
	}
	a, b := lines.New(old), lines.New(fresh)
	p := lines.NewPool(a.Len() + b.Len())
	list, _ := lines.Changes(p.Side(a), p.Side(b), p.Len(), true)
	var out []Hunk
	m := maker{a: a, b: b}
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].AFrom-list[n-1].ATo <= 2*around {
			n++
		}
		out = append(out, m.hunk(list[:n]))
		list = list[n:]
	}
	return out
}

// maker builds hunks from top to bottom.
type maker struct {
	a, b    lines.Text
	looked  int    // lines of a in which a section was searched
	section string // the last section found
}

func (m *maker) hunk(list []lines.Change) Hunk {
	first, last := list[0], list[len(list)-1]
	lead := min(around, first.AFrom)
	from, to := first.AFrom-lead, min(m.a.Len(), last.ATo+around)
	h := Hunk{OldStart: from + 1, OldLines: to - from, NewStart: first.BFrom - lead + 1, NewLines: to - from,
		Section: m.sectionAbove(from)}
	for _, c := range list {
		h.NewLines += c.BTo - c.BFrom - (c.ATo - c.AFrom)
	}
	size := h.OldLines
	for _, c := range list {
		size += c.BTo - c.BFrom
	}
	h.Lines = make([]Line, 0, size)
	take := func(op byte, t lines.Text, i, j int) {
		for ; i < j; i++ {
			h.Lines = append(h.Lines, Line{op, t.Line(i)})
		}
	}
	at := from
	for _, c := range list {
		take(' ', m.a, at, c.AFrom)
		take('-', m.a, c.AFrom, c.ATo)
		take('+', m.b, c.BFrom, c.BTo)
		at = c.ATo
	}
	take(' ', m.a, at, to)
	if h.OldLines == 0 {
		h.OldStart--
	}
	if h.NewLines == 0 {
		h.NewStart--
	}
	return h
}

const maxSection = 80 // bytes

// sectionAbove returns the nearest line above a hunk that git shows as its section: one that begins like a name.
func (m *maker) sectionAbove(from int) string {
	for i := from - 1; i >= m.looked; i-- {
		line := m.a.Line(i)
		c := line[0]
		if c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			m.section = string(bytes.TrimRight(line[:min(maxSection, len(line))], " \t\r\n"))
			break
		}
	}
	m.looked = from
	return m.section
}

// Texts returns the diff of one file between two contents, or nil if they are equal. For binary contents (a NUL byte
// in the first 8000 bytes, as in git) it is a binary patch.
func Texts(name string, old, fresh []byte) *File {
	if bytes.Equal(old, fresh) {
		return nil
	}
	f := &File{OldName: name, NewName: name, Line: 1}
	if IsBinary(old) || IsBinary(fresh) {
		f.OldID, f.NewID = blobID(old), blobID(fresh)
		f.Binary = &Binary{Forward: &Chunk{Data: fresh}, reverse: &Chunk{Data: old}}
	} else {
		f.Hunks = Diff(old, fresh)
	}
	return f
}

// IsBinary reports whether git would treat a content as binary.
func IsBinary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 }
