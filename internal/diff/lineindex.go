package diff

import (
	"iter"

	"github.com/howdah/howdah/internal/lines"
)

// text is a text in which hunks are placed.
type text struct {
	lines.Text
	work  *int // lines compared so far; the limit is maxCompared
	known *lineIndex
}

// maxSwept is how many bytes are searched before an index of the lines is built.
const maxSwept = 64 << 20

// lineIndex finds the places of a line in a text. It is built once the text has been searched often.
type lineIndex struct {
	swept int // bytes
	pool  *lines.Pool
	first []int32 // by the number of a distinct line: the start of its places in all, and at the end the length of all
	all   []int32 // the places, sorted by distinct line
}

// newSearched returns a text in which hunks are placed; work counts the lines that are compared.
func newSearched(data []byte, work *int) text {
	return text{Text: lines.New(data), work: work, known: &lineIndex{}}
}

// list builds the index.
func (x *lineIndex) list(t text) {
	x.pool = lines.NewPool(t.Len())
	ids := x.pool.Intern(t.Text)
	x.first = make([]int32, x.pool.Len()+2)
	for _, id := range ids {
		x.first[id+2]++
	}
	for i := 2; i < len(x.first); i++ {
		x.first[i] += x.first[i-1]
	}
	x.all = make([]int32, len(ids))
	for i, id := range ids {
		x.all[x.first[id+1]] = int32(i)
		x.first[id+1]++
	}
}

// lookUp yields the lines at which a hunk's old lines are, starting from the rarest one of them.
func (t text) lookUp(h *Hunk) iter.Seq[int] {
	x := t.known
	if x.pool == nil {
		x.list(t)
		*t.work += 8 * t.Len()
	}
	var places []int32
	above, k := 0, 0
	for i := range h.Lines {
		l := &h.Lines[i]
		if l.Op == '+' {
			continue
		}
		*t.work += 2
		id := x.pool.Find(l.Text)
		if id < 0 {
			return func(func(int) bool) {}
		}
		if its := x.all[x.first[id]:x.first[id+1]]; k == 0 || len(its) < len(places) {
			places, above = its, k
		}
		k++
	}
	if len(places)*k > 4*t.Len() {
		return t.among(h, 0)
	}
	return func(yield func(int) bool) {
		for _, i := range places {
			if at := int(i) - above; t.has(h, at) && !yield(at) || *t.work > maxCompared {
				return
			}
		}
	}
}
