package cli

import (
	"math"
	"runtime/debug"
	"testing"
)

// TestCollectEarlier: unused memory is looked for more often from a size on, unless whoever runs the program has set
// one.
func TestCollectEarlier(t *testing.T) {
	was := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(was)
	for _, test := range []struct{ set, want int64 }{
		{math.MaxInt64, memory}, {1 << 40, 1 << 40}, {memory - 1, memory - 1},
	} {
		debug.SetMemoryLimit(test.set)
		collectEarlier()
		if got := debug.SetMemoryLimit(-1); got != test.want {
			t.Errorf("of %d it makes %d, want %d", test.set, got, test.want)
		}
	}
}
