package verdict_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/tree"
)

// TestLockKeeps shows that a change that does not apply keeps what the lock knew of it.
func TestLockKeeps(t *testing.T) {
	archive := txtar.Parse([]byte(`lock
-- patches/series.toml --
[[change]]
name = "a"
edit = [ { file = "f", find = "one", replace = "two" } ]

[[change]]
name = "b"
edit = [ { file = "g", find = "x", replace = "y" } ]
-- accepted/f --
one
-- accepted/g --
x
-- upstream/f --
uno
-- upstream/g --
x
more
`))
	w := applytest.New(t, archive)
	_, r, err := w.Apply(t)
	if err != nil {
		t.Fatal(err)
	}
	l, err := r.Lock(t.Context(), applytest.Pinned, w.In.Lock)
	if err != nil {
		t.Fatal(err)
	}
	if l.Commit != applytest.Pinned || len(l.Changes) != 2 {
		t.Fatalf("got %+v", l)
	}
	if a := l.Changes[0]; a.Commit != applytest.Accepted || len(a.Paths) != 1 ||
		a.Paths[0].Pre != tree.BlobID([]byte("one\n")) {
		t.Errorf("of the change that fails it keeps %+v", a)
	}
	if b := l.Changes[1]; b.Commit != "" || b.Paths[0].Pre != tree.BlobID([]byte("x\nmore\n")) {
		t.Errorf("of the change that applies it has %+v", b)
	}
	again, err := r.Lock(t.Context(), applytest.Elephant, l)
	if err != nil {
		t.Fatal(err)
	}
	if a := again.Changes[0]; a.Commit != applytest.Accepted {
		t.Errorf("the next time it keeps %+v", a)
	}
}
