package patch

// Memo keeps judgements by their Key, so that a state that was seen is not judged again. It may be used by several
// goroutines.
type Memo struct{}
