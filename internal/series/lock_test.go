package series

import (
	"bytes"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/tree"
)

// Commits and blobs of a lock.
const (
	lockedAt tree.ID = "1111111111111111111111111111111111111111"
	oldBlob  tree.ID = "2222222222222222222222222222222222222222"
	newBlob  tree.ID = "3333333333333333333333333333333333333333"
)

const sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestLockFormat(t *testing.T) {
	l := &Lock{Commit: lockedAt, Changes: []Locked{
		{Name: "post-length", Sum: sum, Paths: []LockedPath{{"app/é \"x\".rb", oldBlob, newBlob}, {"new", "", oldBlob}}},
		{Name: "older", Sum: sum, Commit: oldBlob},
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
		head +
			"[[change]]\nname = \"x\"\nsha256 = \"abc\"\n": `series.lock:4: "sha256" is malformed`,
		head + "[[change]]\nname = \"X\"\nsha256 = \"" + sum +
			"\"\n": `series.lock:3: "name" is malformed`,
		head + "[[change]]\nname = \"x\"\nsha256 = \"" + sum +
			"\"\npaths = [ { path = \"../x\", pre = \"\", post = \"\" } ]\n": `series.lock:5: "path" is malformed`,
		head + "[[change]]\nname = \"x\"\nsha256 = \"" + sum +
			"\"\npaths = [ { path = \"x\", pre = \"1\", post = \"\" } ]\n": `series.lock:5: "pre" is malformed`,
		head + head:             `series.lock:2: duplicate key "upstream"`,
		"<<<<<<< HEAD\n" + head: `series.lock:1: the file holds merge conflict markers`,
	} {
		l, err := ParseLock("series.lock", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %s", text, l, err, want)
		}
	}
}

// FuzzLock shows that what ParseLock takes is written as what it reads.
func FuzzLock(f *testing.F) {
	f.Add((&Lock{Commit: lockedAt,
		Changes: []Locked{{Name: "x", Sum: sum, Commit: oldBlob, Paths: []LockedPath{{"a/b", "", oldBlob}}}}}).Format())
	f.Add([]byte("upstream = \"1111111111111111111111111111111111111111\"\nchange = [ { name = \"x\" } ]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ParseLock("series.lock", data)
		if err != nil {
			return
		}
		text := l.Format()
		again, err := ParseLock("series.lock", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !bytes.Equal(again.Format(), text) {
			t.Fatalf("%s\nbecame\n%s", text, again.Format())
		}
	})
}
