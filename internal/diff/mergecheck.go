package diff

// MergeCheck foresees conflicts of one base and theirs with any ours, without comparing these.
type MergeCheck struct{ spots []spot }

// spot is one place that theirs changes.
type spot struct {
	before []byte // what base has there, with a line above and one below
	after  []byte // what theirs has there
}

// NewMergeCheck looks for the places that theirs changes in base.
func NewMergeCheck(base, theirs []byte) MergeCheck {
	a, b := newText(base), newText(theirs)
	p := newPool(a.len() + b.len())
	var m MergeCheck
	for _, c := range changes(sided{p.intern(a), a}, sided{p.intern(b), b}, len(p.lines), false) {
		m.spots = append(m.spots, spot{
			before: a.between(max(0, c.aFrom-1), min(a.len(), c.aTo+1)), after: b.between(c.bFrom, c.bTo),
		})
	}
	return m
}

// Possible says that Merge may come without conflicts; where it is false, Merge conflicts. A merge without conflicts
// has left each place of theirs and the lines next to it as they are in base, or has come to the same lines there.
// Where theirs only takes lines away, that says nothing.
func (m MergeCheck) Possible(ours []byte) bool {
	for _, s := range m.spots {
		if len(s.after) > 0 && !contains(ours, s.before) && !contains(ours, s.after) {
			return false
		}
	}
	return true
}
