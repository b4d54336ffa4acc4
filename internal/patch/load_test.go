package patch

import (
	"testing"

	"golang.org/x/tools/txtar"
)

// TestSeries is what series.toml may and may not say, with the place and the words of each error.
func TestSeries(t *testing.T) {
	golden(t, "testdata/series/*.txtar", func(t *testing.T, archive *txtar.Archive) string {
		w := newWorld(t, archive)
		_, r, err := w.apply(t)
		return tell(t, w, r, err)
	})
}
