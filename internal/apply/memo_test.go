package apply_test

import (
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/verdict"
)

// TestMemo: the results are the same with a Memo that several goroutines share, without one, and the second time.
func TestMemo(t *testing.T) {
	files, err := filepath.Glob("testdata/apply/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w := applytest.New(t, archive)
		s, r, err := w.Apply(t)
		if err != nil {
			continue
		}
		want := applytest.Tell(t, w, r, nil)
		w.In.Memo = new(apply.Memo)
		got := make([]*verdict.Result, 4)
		var group sync.WaitGroup
		for i := range got {
			group.Go(func() {
				r, err := apply.Apply(t.Context(), s, w.In)
				if err != nil {
					t.Error(err)
				}
				got[i] = r
			})
		}
		group.Wait()
		for _, r := range got {
			if said := applytest.Tell(t, w, r, nil); said != want {
				t.Fatalf("%s: got:\n%s\nwant:\n%s", file, said, want)
			}
		}
		lock, err := r.Lock(t.Context(), applytest.Pinned, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := got[0].Lock(t.Context(), applytest.Pinned, nil)
		if err != nil || string(lock.Format()) != string(again.Format()) {
			t.Fatalf("%s: the lock differs: %v", file, err)
		}
	}
}
