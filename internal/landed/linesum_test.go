package landed

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// TestGrown: what a commit makes a file grow by is the difference of its sums, however its versions begin and end, and
// the same for the diff of the two.
func TestGrown(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var out strings.Builder
		for range random.IntN(6) {
			out.WriteString([]string{"a\n", "b\n", "\n", " a\n", "ab\n", "\t\r\n", "b"}[random.IntN(7)])
		}
		return out.String()
	}
	for range 20_000 {
		before, after := []byte(text()), []byte(text())
		want := lineSum(after) - lineSum(before)
		if got := grown(before, after); got != want {
			t.Fatalf("%q to %q: grows by %x, expected %x", before, after, got, want)
		}
		g := growthOf([]*diff.File{{Hunks: diff.Diff(before, after)}})
		if g.sum != want || g.bytes != int64(len(after)-len(before)) {
			t.Fatalf("%q to %q: the diff grows by %x and %d bytes, expected %x and %d", before, after, g.sum, g.bytes, want,
				len(after)-len(before))
		}
	}
	if lineSum([]byte("a b\nc\n")) == lineSum([]byte("a c\nb\n")) {
		t.Error("the sum of other lines is the same")
	}
	if lineSum([]byte("a\tb\n")) != lineSum([]byte(" ab\n")) {
		t.Error("the sum depends on white space")
	}
}
