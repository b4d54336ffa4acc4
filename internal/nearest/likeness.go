package nearest

// Likeness measures how much other texts have in common with one, from 0 to 1: the pairs of neighbouring bytes that are
// in both, out of those of both (Sørensen and Dice).
type Likeness struct {
	pairs map[[2]byte]int
	used  map[[2]byte]int // of pairs, while a text is read
	size  int
}

// NewLikeness prepares the comparison with a text.
func NewLikeness(text string) *Likeness {
	l := &Likeness{pairs: map[[2]byte]int{}, used: map[[2]byte]int{}, size: max(0, len(text)-1)}
	for i := range l.size {
		l.pairs[[2]byte{text[i], text[i+1]}]++
	}
	return l
}

// To returns the likeness to a text.
func (l *Likeness) To(text []byte) float64 {
	size := len(text) - 1
	if size < 1 || l.size < 1 || size > 3*l.size || l.size > 3*size { // no more than half can be common
		return 0
	}
	clear(l.used)
	common := 0
	for i := range size {
		pair := [2]byte{text[i], text[i+1]}
		n := l.pairs[pair]
		if n == 0 {
			continue
		}
		if used := l.used[pair]; used < n {
			l.used[pair] = used + 1
			common++
		}
	}
	return 2 * float64(common) / float64(size+l.size)
}
