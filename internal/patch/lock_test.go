package patch

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/tree"
)

const sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestLockFormat(t *testing.T) {
	l := &Lock{Commit: pinned, Changes: []Locked{
		{Name: "post-length", Sum: sum, Paths: []LockedPath{{"app/é \"x\".rb", accepts, elephant}, {"new", "", accepts}}},
		{Name: "older", Sum: sum, Commit: accepts},
	}}
	text := l.Format()
	want := lockHead + `
upstream = "1111111111111111111111111111111111111111"

[[change]]
name = "post-length"
sha256 = "` + sum + `"
paths = [
  { path = 'app/é "x".rb', pre = "2222222222222222222222222222222222222222", post = "3333333333333333333333333333333333333333" },
  { path = "new", pre = "", post = "2222222222222222222222222222222222222222" },
]

[[change]]
name = "older"
sha256 = "` + sum + `"
upstream = "2222222222222222222222222222222222222222"
`
	if string(text) != want {
		t.Errorf("got:\n%s\nwant:\n%s", text, want)
	}
	back, err := ParseLock("series.lock", text)
	if err != nil {
		t.Fatal(err)
	}
	if again := back.Format(); !bytes.Equal(again, text) {
		t.Errorf("read and written again it is\n%s", again)
	}
}

func TestLockMalformed(t *testing.T) {
	head := "upstream = \"1111111111111111111111111111111111111111\"\n"
	for text, want := range map[string]string{
		"":                                  `series.lock:1: "upstream" is missing`,
		"upstream = \"main\"\n":             `series.lock:1: "upstream" is malformed`,
		"upstream = 1\n":                    `series.lock:1: "upstream" is malformed`,
		head + "downstream = \"\"\n":        `series.lock:2: unknown key "downstream"`,
		head + "change = 1\n":               `series.lock:2: "change" is malformed`,
		head + "[[change]]\nname = \"x\"\n": `series.lock:2: "sha256" is missing`,
		head + "[[change]]\nname = \"x\"\nsha256 = \"abc\"\n":                                                                   `series.lock:4: "sha256" is malformed`,
		head + "[[change]]\nname = \"X\"\nsha256 = \"" + sum + "\"\n":                                                           `series.lock:3: "name" is malformed`,
		head + "[[change]]\nname = \"x\"\nsha256 = \"" + sum + "\"\npaths = [ { path = \"../x\", pre = \"\", post = \"\" } ]\n": `series.lock:5: "path" is malformed`,
		head + "[[change]]\nname = \"x\"\nsha256 = \"" + sum + "\"\npaths = [ { path = \"x\", pre = \"1\", post = \"\" } ]\n":   `series.lock:5: "pre" is malformed`,
		head + head:             `series.lock:2: duplicate key "upstream"`,
		"<<<<<<< HEAD\n" + head: `series.lock:1: the file holds merge conflict markers`,
	} {
		l, err := ParseLock("series.lock", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %s", text, l, err, want)
		}
	}
}

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
	w := newWorld(t, archive)
	_, r, err := w.apply(t)
	if err != nil {
		t.Fatal(err)
	}
	l, err := NewLock(t.Context(), pinned, r, w.in.Lock)
	if err != nil {
		t.Fatal(err)
	}
	if l.Commit != pinned || len(l.Changes) != 2 {
		t.Fatalf("got %+v", l)
	}
	if a := l.Changes[0]; a.Commit != accepts || len(a.Paths) != 1 || a.Paths[0].Pre != tree.BlobID([]byte("one\n")) {
		t.Errorf("of the change that fails it keeps %+v", a)
	}
	if b := l.Changes[1]; b.Commit != "" || b.Paths[0].Pre != tree.BlobID([]byte("x\nmore\n")) {
		t.Errorf("of the change that applies it has %+v", b)
	}
	again, err := NewLock(t.Context(), elephant, r, l)
	if err != nil {
		t.Fatal(err)
	}
	if a := again.Changes[0]; a.Commit != accepts {
		t.Errorf("the next time it keeps %+v", a)
	}
}
