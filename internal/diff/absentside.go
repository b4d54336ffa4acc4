package diff

import (
	"bytes"

	"github.com/howdah/howdah/internal/lines"
)

// Absent shows what one side made of base where the other side has no such file: the file as the one side has it, with
// markers around each region that it changed, and these regions as conflicts in which the other side has no lines.
// With ours it is ours that has the file.
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

// split cuts a text into its lines, each with its line feed.
func split(data []byte) [][]byte {
	list := bytes.SplitAfter(data, newline)
	if n := len(list); len(list[n-1]) == 0 {
		list = list[:n-1]
	}
	return list
}

// Known are a file's contents before and after the diff as the diff itself has them: those of a file that it removes or
// adds, and of a binary patch that holds one of the two as it is. ok is false where it has only a part of them.
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

// sides are the contents before and after a binary patch, of which it holds at least one as it is.
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

// Lines are the lines that the diff's hunks take away, and those that it puts in their place, with their context: all
// that it says itself of a file.
func (f *File) Lines() (old, fresh []byte) {
	for i := range f.Hunks {
		before, after := f.Hunks[i].sides()
		old, fresh = append(old, before...), append(fresh, after...)
	}
	return old, fresh
}
