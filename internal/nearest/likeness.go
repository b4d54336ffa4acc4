package nearest

import "sync"

// Likeness measures how much other texts have in common with one, from 0 to 1: the pairs of neighbouring bytes that are
// in both, out of those of both (Sørensen and Dice).
type Likeness struct {
	pairs *[1 << 16]int32 // how often each is in the text
	taken []uint16        // of pairs, while a text is read
	size  int
}

// tables are those of comparisons that ended, all zero again: a new one of 256 KiB takes longer than most comparisons.
var tables = sync.Pool{New: func() any { return new([1 << 16]int32) }}

// NewLikeness prepares the comparison with a text.
func NewLikeness(text string) *Likeness {
	l := &Likeness{pairs: tables.Get().(*[1 << 16]int32), size: max(0, len(text)-1)}
	for i := range l.size {
		l.pairs[uint16(text[i])<<8|uint16(text[i+1])]++
	}
	return l
}

// end ends the comparisons with the text.
func (l *Likeness) end(text string) {
	for i := range l.size {
		l.pairs[uint16(text[i])<<8|uint16(text[i+1])] = 0
	}
	tables.Put(l.pairs)
	l.pairs = nil
}

// To returns the likeness to a text.
func (l *Likeness) To(text []byte) float64 {
	size := len(text) - 1
	if size < 1 || l.size < 1 || size > 3*l.size || l.size > 3*size { // no more than half can be common
		return 0
	}
	l.taken = l.taken[:0]
	for i := range size {
		pair := uint16(text[i])<<8 | uint16(text[i+1])
		if l.pairs[pair] > 0 {
			l.pairs[pair]--
			l.taken = append(l.taken, pair)
		}
	}
	for _, pair := range l.taken {
		l.pairs[pair]++
	}
	return 2 * float64(len(l.taken)) / float64(size+l.size)
}
