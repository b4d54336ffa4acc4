package lines

import (
	"math/rand"
	"testing"
)

// TestSteps compares texts of few kinds of lines, for which there are endless ways: a comparison ends soon after 20
// million steps, and what is left is marked as changed, so that all that is not marked is still common to both.
func TestSteps(t *testing.T) {
	by := rand.New(rand.NewSource(1))
	text := func(n int) (s Side) {
		for range n {
			s.IDs = append(s.IDs, int32(by.Intn(12)))
		}
		return s
	}
	for lines, beyond := range map[int]bool{2_000: false, 300_000: true} {
		a, b := text(lines), text(lines)
		left, right, steps := changed(a.IDs, b.IDs, 12)
		if steps > 25_000_000 || steps > 20_000_000 != beyond {
			t.Errorf("%d lines: %d steps", lines, steps)
		}
		var inA, inB []int32
		for i, id := range a.IDs {
			if !left[i] {
				inA = append(inA, id)
			}
		}
		for i, id := range b.IDs {
			if !right[i] {
				inB = append(inB, id)
			}
		}
		if len(inA) != len(inB) || len(inA) == 0 {
			t.Fatalf("%d lines: %d and %d are common", lines, len(inA), len(inB))
		}
		for i := range inA {
			if inA[i] != inB[i] {
				t.Fatalf("%d lines: the common line %d differs", lines, i)
			}
		}
	}
}
