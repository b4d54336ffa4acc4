// Package toml reads TOML documents by one set of rules, for howdah.toml, series.toml and series.lock. The bytes of a
// document go in. Its values come out, each with its line, and with its offsets if it can be edited in place; or an
// error with a line, for what an editor left in it, for what is not TOML, and for what would take too long to read.
package toml

import (
	"bytes"
	"sort"
)

// lines is where each line of a document begins.
type lines []int

// linesOf finds the lines of a document.
func linesOf(data []byte) lines {
	out := make(lines, 1, 1+bytes.Count(data, []byte("\n")))
	for i, c := range data {
		if c == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// at returns the line of an offset, one-based.
func (l lines) at(offset uint32) int { return sort.SearchInts(l, int(offset)+1) }
