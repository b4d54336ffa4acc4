package diff

// What looking for a place costs, in comparisons of two lines.
const (
	workOfHunk   = 100 // beginning to look for one's place
	workOfPlace  = 10  // trying whether a hunk fits, beside the comparisons
	workOfLine   = 4   // looking a line up among a hunk's
	bytesOfWords = 2   // that are taken apart into words meanwhile
	votesOfWork  = 5   // that are counted meanwhile
)

// Search bounds how much is compared to find where hunks that fit nowhere were meant for. Once it is over, a hunk's
// place is the one that the diff names.
type Search struct {
	left, all int
	votes     []int32
}

// NewSearch allows so many comparisons of lines for each change, and for all of them.
func NewSearch(change, all int) *Search { return &Search{left: min(change, all), all: all} }

// Begin begins the next change, of which so much may be compared.
func (s *Search) Begin(change int) { s.left = min(change, s.all) }

// over says that nothing more is compared.
func (s *Search) over() bool { return s.left <= 0 }

// spend says whether there is so much left, and takes it; where there is less, nothing is left.
func (s *Search) spend(n int) bool {
	ok := n <= s.left
	n = min(n, s.left)
	s.left, s.all = s.left-n, s.all-n
	return ok
}

// votesFor are so many votes, of which none is cast.
func (s *Search) votesFor(lines int) []int32 {
	if cap(s.votes) < lines {
		s.votes = make([]int32, lines)
	}
	s.votes = s.votes[:lines]
	clear(s.votes)
	return s.votes
}
