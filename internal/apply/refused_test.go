package apply_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
)

// TestRefused: for each hostile or malformed change, the exit code, the file and the line of the refusal.
func TestRefused(t *testing.T) {
	applytest.Golden(t, "testdata/refused/*.txtar", func(t *testing.T, archive *txtar.Archive) string {
		w := applytest.New(t, archive)
		_, r, err := w.Apply(t)
		return applytest.Tell(t, w, r, err)
	})
}
