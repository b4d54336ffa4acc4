package diff

import "github.com/howdah/howdah/internal/lines"

// MergeCheck foresees conflicts of one base and theirs with any ours, without comparing these.
type MergeCheck struct{ spots []spot }

// spot is one place that theirs changes.
type spot struct {
	before []byte // what base has there, with a line above and one below
	after  []byte // what theirs has there
}

// NewMergeCheck looks for the places that theirs changes in base.
func NewMergeCheck(base, theirs []byte) MergeCheck {
	a, b := lines.New(base), lines.New(theirs)
	p := lines.NewPool(a.Len() + b.Len())
	var m MergeCheck
	list, _ := lines.Changes(p.Side(a), p.Side(b), p.Len(), false)
	for _, c := range list {
		m.spots = append(m.spots, spot{
			before: a.Between(max(0, c.AFrom-1), min(a.Len(), c.ATo+1)), after: b.Between(c.BFrom, c.BTo),
		})
	}
	return m
}

// Possible says that Merge may come without conflicts; where it is false, Merge conflicts. A merge without conflicts
// has left each place of theirs and the lines next to it as they are in base, or has come to the same lines there.
// Where theirs only takes lines away, that says nothing.
func (m MergeCheck) Possible(ours []byte) bool {
	for _, s := range m.spots {
		if len(s.after) > 0 && !contains(ours, s.before, new(int)) && !contains(ours, s.after, new(int)) {
			return false
		}
	}
	return true
}
