package history

import (
	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/tree"
)

// Landings tell of each change, by its Sum, when upstream took it in and when it took it back, oldest first. Only the
// last may hold.
type Landings map[string][]apply.Landing

// Now is what upstream contains at the end of the range that was searched.
func (l Landings) Now() map[string]apply.Landing {
	out := map[string]apply.Landing{}
	for sum, all := range l {
		if len(all) > 0 {
			out[sum] = all[len(all)-1]
		}
	}
	return out
}

// timeline gives the landing that holds at each commit of a line.
type timeline struct {
	begin   []int // indexes in the line, -1 before it
	end     []int // the first index at which it holds no more
	landing []apply.Landing
}

func (l Landings) over(line Mainline, sum string) timeline {
	if len(l[sum]) == 0 {
		return timeline{}
	}
	index := map[tree.ID]int{}
	for i, c := range line {
		index[c.ID] = i
	}
	at := func(c *apply.Commit, missing int) int {
		if c == nil {
			return missing
		}
		if i, ok := index[c.ID]; ok {
			return i
		}
		return -1 // the search went as far as the line, so it was before
	}
	var t timeline
	for _, one := range l[sum] {
		t.begin = append(t.begin, at(one.By, len(line)))
		t.end = append(t.end, at(one.Undone, len(line)))
		t.landing = append(t.landing, one)
	}
	return t
}

// at is the landing that holds at an index, nil when none does.
func (t timeline) at(i int) *apply.Landing {
	for n := range t.landing {
		if t.begin[n] <= i && i < t.end[n] {
			return &apply.Landing{By: t.landing[n].By}
		}
	}
	return nil
}
