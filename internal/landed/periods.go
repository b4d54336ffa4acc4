package landed

import (
	"slices"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Periods has the landing that holds at each commit of a line.
type Periods struct {
	begin   []int // indexes in the line; -1: before it
	end     []int // the first index at which it no longer holds
	landing []verdict.Landing
}

func (l Landings) Over(line mainline.Line, sum string) Periods {
	if len(l[sum]) == 0 {
		return Periods{}
	}
	index := map[tree.ID]int{}
	for i, c := range line {
		index[c.ID] = i
	}
	at := func(c *verdict.Commit, missing int) int {
		if c == nil {
			return missing
		}
		if i, ok := index[c.ID]; ok {
			return i
		}
		return -1 // the search went to the end of the line, so it was before
	}
	var t Periods
	for _, one := range l[sum] {
		t.begin = append(t.begin, at(one.By, len(line)))
		t.end = append(t.end, at(one.Undone, len(line)))
		t.landing = append(t.landing, one)
	}
	return t
}

// At returns the landing that holds at an index, or nil.
func (t Periods) At(i int) *verdict.Landing {
	for n := range t.landing {
		if t.begin[n] <= i && i < t.end[n] {
			return &verdict.Landing{By: t.landing[n].By}
		}
	}
	return nil
}

// Cuts returns the indexes at which a landing begins or ends.
func (t Periods) Cuts() []int { return slices.Concat(t.begin, t.end) }
