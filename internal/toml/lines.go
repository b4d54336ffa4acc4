// Package toml bounds what a TOML document may make of a reader's time, and finds lines in it. The bytes of a document
// go in; where its lines begin comes out, or an error with a line for one that no person writes.
package toml

import (
	"bytes"
	"sort"
)

// Lines is where each line of a document begins.
type Lines []int

// LinesOf finds the lines of a document.
func LinesOf(data []byte) Lines {
	lines := make(Lines, 1, 1+bytes.Count(data, []byte("\n")))
	for i, c := range data {
		if c == '\n' {
			lines = append(lines, i+1)
		}
	}
	return lines
}

// At is the line of an offset, one-based.
func (l Lines) At(offset uint32) int { return sort.SearchInts(l, int(offset)+1) }
