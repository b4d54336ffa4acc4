package apply_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
)

func TestApply(t *testing.T) {
	applytest.Golden(t, "testdata/apply/*.txtar", func(t *testing.T, archive *txtar.Archive) string {
		w := applytest.New(t, archive)
		_, r, err := w.Apply(t)
		return applytest.Tell(t, w, r, err)
	})
}
