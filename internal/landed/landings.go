package landed

import (
	"github.com/howdah/howdah/internal/apply"
)

// Landings report each change, by its Sum, when upstream took it in and when it took it back, oldest first. Only the
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
