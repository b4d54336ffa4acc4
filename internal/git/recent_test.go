package git

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/howdah/howdah/internal/tree"
)

// TestRecentFiles: a file that is asked for again and again is kept, however many others are read meanwhile; of those
// only so many bytes.
func TestRecentFiles(t *testing.T) {
	var r recent
	often := []byte("often")
	r.put("often", often)
	const size = keptFiles / 8
	for i := range 100 {
		r.put(tree.ID(fmt.Sprint(i)), bytes.Repeat([]byte{'x'}, size))
		if got, ok := r.get("often"); !ok || !bytes.Equal(got, often) {
			t.Fatalf("after %d others it is %q, %v", i+1, got, ok)
		}
	}
	held := 0
	for _, files := range []map[tree.ID][]byte{r.fresh, r.last} {
		for _, data := range files {
			held += len(data)
		}
	}
	if held > 2*keptFiles || held < keptFiles {
		t.Errorf("%d bytes are kept of %d", held, 100*size)
	}
	if _, ok := r.get("0"); ok {
		t.Error("the oldest is still there")
	}
	if got, ok := r.get("99"); !ok || len(got) != size {
		t.Errorf("the last has %d bytes, %v", len(got), ok)
	}
}
