package series_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
)

// TestSeries: what series.toml may say; for each mistake, its place and the words of the error.
func TestSeries(t *testing.T) {
	applytest.Golden(t, "testdata/series/*.txtar", func(t *testing.T, archive *txtar.Archive) string {
		w := applytest.New(t, archive)
		_, r, err := w.Apply(t)
		return applytest.Tell(t, w, r, err)
	})
}
