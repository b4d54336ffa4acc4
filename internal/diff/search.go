package diff

// Costs of searching a place, in comparisons of two lines.
const (
	workOfHunk   = 100 // starting the search for one hunk
	workOfPlace  = 10  // trying whether a hunk fits, besides the comparisons
	workOfLine   = 4   // looking a line up among a hunk's
	bytesOfWords = 2   // bytes that are split into words in that time
	votesOfWork  = 5   // votes that are counted in that time
)

// Search is a budget of comparisons to find where hunks that fit nowhere belong. Once it is spent, a hunk's line is
// the one in the diff.
type Search struct {
	left, all int
	votes     []int32
}

// NewSearch returns a budget of comparisons for each change, and for all of them.
func NewSearch(change, all int) *Search { return &Search{left: min(change, all), all: all} }

// Begin starts the next change, with this budget.
func (s *Search) Begin(change int) { s.left = min(change, s.all) }

// over reports whether the budget is spent.
func (s *Search) over() bool { return s.left <= 0 }

// spend takes n from the budget, and reports whether there was enough; if not, it takes what is left.
func (s *Search) spend(n int) bool {
	ok := n <= s.left
	n = min(n, s.left)
	s.left, s.all = s.left-n, s.all-n
	return ok
}

// votesFor returns counters for the lines, all zero.
func (s *Search) votesFor(lines int) []int32 {
	if cap(s.votes) < lines {
		s.votes = make([]int32, lines)
	}
	s.votes = s.votes[:lines]
	clear(s.votes)
	return s.votes
}
