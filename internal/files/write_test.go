package files

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "dist", "x.json")
	for _, text := range []string{"one", "two"} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if data, _ := os.ReadFile(path); string(data) != text {
			t.Errorf("%q", data)
		}
	}
	// A reader never sees a part: the name leads to one whole file or the other.
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range 200 {
			if err := Write(path, bytes.Repeat([]byte{byte('a' + i%26)}, 100_000)); err != nil {
				t.Error(err)
			}
		}
	})
	for range 2000 {
		data, err := os.ReadFile(path)
		if err != nil || len(data) != 3 && len(data) != 100_000 || len(data) > 3 && data[0] != data[len(data)-1] {
			t.Fatalf("%d bytes, %v", len(data), err)
		}
	}
	writing.Wait()
	entries, _ := os.ReadDir(filepath.Dir(path))
	if len(entries) != 1 {
		t.Errorf("%v left behind", entries)
	}
	if s, _ := os.Stat(path); s.Mode().Perm() != 0o644 {
		t.Error(s.Mode())
	}
	// A place that cannot be written to is named, and nothing is left.
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "file", "x"), nil); err == nil || !strings.Contains(err.Error(), "writing ") {
		t.Error(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "folder"), []byte("x")); err == nil {
		t.Error("wrote over a folder")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("%q left behind", left)
	}
}
