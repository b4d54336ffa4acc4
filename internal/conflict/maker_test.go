package conflict

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/tree"
)

// TestSupposedBytes gives a series 16 MiB of files whose sides are made up. A byte more is shown by its name alone.
func TestSupposedBytes(t *testing.T) {
	m := NewMaker(nil, 0)
	made := func(size int) bool {
		t.Helper()
		var l List
		m.AddLacking(&l, Region{File: "f", Files: [3]*tree.File{nil, nil, {Mode: tree.Regular,
			Data: []byte(strings.Repeat("x", size))}}})
		if len(l) != 1 {
			t.Fatalf("%d regions", len(l))
		}
		return l[0].marked != nil
	}
	if !made(16<<20-1) || !made(1) {
		t.Error("16 MiB are too much")
	}
	if made(1) {
		t.Error("a byte beyond 16 MiB is not too much")
	}
}
