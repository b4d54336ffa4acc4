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
