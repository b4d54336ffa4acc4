package golden

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// recorder is a test that only remembers whether it failed.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

// as runs a comparison with -update set or not, and reports whether it failed.
func as(t *testing.T, updating bool, compare func(testing.TB)) bool {
	before := *update
	*update = updating
	defer func() { *update = before }()
	r := &recorder{TB: t}
	compare(r)
	return r.failed
}

func TestFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "testdata", "page.txt")
	page := func(text string) func(testing.TB) { return func(tb testing.TB) { File(tb, file, []byte(text)) } }
	if !as(t, false, page("one\n")) {
		t.Error("a missing file passes")
	}
	if as(t, true, page("one\n")) || as(t, false, page("one\n")) {
		t.Error("what -update wrote does not pass")
	}
	if !as(t, false, page("two\n")) {
		t.Error("another text passes")
	}
	if data, _ := os.ReadFile(file); string(data) != "one\n" {
		t.Errorf("without -update the file became %q", data)
	}
}

func TestPart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "case.txtar")
	archive := txtar.Parse([]byte("a case\n-- given --\n1\n"))
	part := func(text string) func(testing.TB) { return func(tb testing.TB) { Part(tb, file, archive, text) } }
	if !as(t, false, part("one\n")) {
		t.Error("a missing part passes")
	}
	if as(t, true, part("one\n")) || as(t, false, part("one\n")) || !as(t, false, part("two\n")) {
		t.Error("what -update wrote does not pass, or another text does")
	}
	if data, _ := os.ReadFile(file); string(data) != "a case\n-- given --\n1\n-- want --\none\n" {
		t.Errorf("the file became %q", data)
	}
}
