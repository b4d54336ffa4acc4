package landed

import "github.com/howdah/howdah/internal/verdict"

// Landings has, by a change's Sum, when upstream merged it and when it reverted it, oldest first. Only the last one
// may still hold.
type Landings map[string][]verdict.Landing

// Now returns what upstream contains at the end of the range that was searched.
func (l Landings) Now() map[string]verdict.Landing {
	out := map[string]verdict.Landing{}
	for sum, all := range l {
		if len(all) > 0 {
			out[sum] = all[len(all)-1]
		}
	}
	return out
}
