package diff

import (
	"bytes"

	"github.com/howdah/howdah/internal/lines"
)

// Absent returns the conflicts of a file that only one side still has: the file as that side has it, with markers
// around each region that it changed from base, and these regions as conflicts with no lines on the other side. Ours
// says which side has the file.
func Absent(base, side []byte, ours bool, names Names) (marked []byte, conflicts []Conflict) {
	old, text := lines.New(base), lines.New(side)
	pool := lines.NewPool(old.Len() + text.Len())
	list, _ := lines.Changes(pool.Side(old), pool.Side(text), pool.Len(), false)
	p := parts{nil, lineEnd(text)}
	done := 0
	for _, x := range list {
		p.out = append(p.out, text.Between(done, x.BFrom)...)
		done = x.BTo
		fresh := text.Between(x.BFrom, x.BTo)
		c := Conflict{BaseLine: x.AFrom + 1, Base: split(old.Between(x.AFrom, x.ATo))}
		var there []byte
		if ours {
			there, c.Ours, c.OursLine = fresh, split(fresh), x.BFrom+1
		} else {
			c.Theirs, c.TheirsLine = split(fresh), x.BFrom+1
		}
		p.conflict(there, c, names)
		c.At = x.BFrom + 1
		conflicts = append(conflicts, c)
	}
	return append(p.out, text.Between(done, text.Len())...), conflicts
}

// split splits a text into its lines, each with its line feed.
func split(data []byte) [][]byte {
	list := bytes.SplitAfter(data, newline)
	if n := len(list); len(list[n-1]) == 0 {
		list = list[:n-1]
	}
	return list
}

// Known returns a file's contents before and after the diff, if the diff has both completely: it adds or removes the
// file, or is a binary patch with one of the contents as it is. Otherwise ok is false.
func (f *File) Known() (old, fresh []byte, ok bool) {
	switch b := f.Binary; {
	case b != nil && b.Forward != nil && b.reverse != nil:
		return b.sides()
	case b != nil, !f.New && !f.Deleted, len(f.Hunks) > 1:
		return nil, nil, false
	}
	for i := range f.Hunks {
		old, fresh = f.Hunks[i].sides()
	}
	return old, fresh, true
}

// sides returns the contents before and after a binary patch, of which it has at least one as it is.
func (b *Binary) sides() (old, fresh []byte, ok bool) {
	old, fresh = b.reverse.Data, b.Forward.Data
	var err error
	switch {
	case b.reverse.Delta && b.Forward.Delta:
		return nil, nil, false
	case b.reverse.Delta:
		old, err = applyDelta(fresh, old)
	case b.Forward.Delta:
		fresh, err = applyDelta(old, fresh)
	}
	return old, fresh, err == nil
}

// Lines returns the lines that the hunks remove, and those that they add, both with their context.
func (f *File) Lines() (old, fresh []byte) {
	for i := range f.Hunks {
		before, after := f.Hunks[i].sides()
		old, fresh = append(old, before...), append(fresh, after...)
	}
	return old, fresh
}
