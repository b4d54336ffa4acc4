package diff

import "github.com/howdah/howdah/internal/lines"

// MergeCheck predicts conflicts of base and theirs with any ours, without a comparison.
type MergeCheck struct{ spots []spot }

// spot is one place that theirs changes.
type spot struct {
	before []byte // base there, with a line above and one below
	after  []byte // theirs there
}

// NewMergeCheck finds the places that theirs changes in base.
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

// Possible reports whether Merge may be free of conflicts; if it is false, there are some. In a merge without
// conflicts, ours has each place of theirs, with the lines next to it, either as in base or already changed. If
// theirs only removes lines there, that cannot be checked.
func (m MergeCheck) Possible(ours []byte) bool {
	for _, s := range m.spots {
		if len(s.after) > 0 && !contains(ours, s.before, new(int)) && !contains(ours, s.after, new(int)) {
			return false
		}
	}
	return true
}
