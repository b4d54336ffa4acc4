package landed

import "github.com/howdah/howdah/internal/verdict"

// Landings report each change, by its Sum, when upstream took it in and when it took it back, oldest first. Only the
// last may hold.
type Landings map[string][]verdict.Landing

// Now is what upstream contains at the end of the range that was searched.
func (l Landings) Now() map[string]verdict.Landing {
	out := map[string]verdict.Landing{}
	for sum, all := range l {
		if len(all) > 0 {
			out[sum] = all[len(all)-1]
		}
	}
	return out
}
