package patch

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestMemo applies a series in several goroutines with one Memo, and with none, and again: all say the same.
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
		w := newWorld(t, archive)
		s, r, err := w.apply(t)
		if err != nil {
			continue
		}
		want := tell(t, w, r, nil)
		w.in.Memo = new(Memo)
		got := make([]*Result, 4)
		var group sync.WaitGroup
		for i := range got {
			group.Go(func() {
				r, err := s.Apply(t.Context(), w.in)
				if err != nil {
					t.Error(err)
				}
				got[i] = r
			})
		}
		group.Wait()
		for _, r := range got {
			if said := tell(t, w, r, nil); said != want {
				t.Fatalf("%s: got:\n%s\nwant:\n%s", file, said, want)
			}
		}
		lock, err := NewLock(t.Context(), pinned, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := NewLock(t.Context(), pinned, got[0], nil)
		if err != nil || string(lock.Format()) != string(again.Format()) {
			t.Fatalf("%s: the lock differs: %v", file, err)
		}
	}
}

// TestLazy finds a value once, and asks again after an error.
func TestLazy(t *testing.T) {
	var l lazy[string, int]
	asked := 0
	for _, want := range []error{errNoBase, nil, nil} {
		v, err := l.get(t.Context(), "key", func(context.Context) (int, error) { asked++; return asked, want })
		if !errors.Is(err, want) || err == nil && v != 2 {
			t.Errorf("%d, %v, want 2, %v", v, err, want)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
}
