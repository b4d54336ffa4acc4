package patch

import (
	"testing"

	"golang.org/x/tools/txtar"
)

// TestRefused is the corpus of hostile and malformed changes: the code, the file and the line of each refusal.
func TestRefused(t *testing.T) {
	golden(t, "testdata/refused/*.txtar", func(t *testing.T, archive *txtar.Archive) string {
		w := newWorld(t, archive)
		_, r, err := w.apply(t)
		return tell(t, w, r, err)
	})
}
