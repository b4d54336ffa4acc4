// Package toml reads TOML documents by one set of rules, for howdah.toml, series.toml and series.lock. The bytes of a
// document go in; its values and where its lines begin come out, or an error with a line: for what an editor left in
// it, for what is not TOML, and for what would take a reader too long.
package toml

import (
	"bytes"
	"sort"
)

// Lines is where each line of a document begins.
type Lines []int

// linesOf finds the lines of a document.
func linesOf(data []byte) Lines {
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
