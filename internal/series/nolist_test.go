package series

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestMissing: a folder of bare patches that lacks most of the lock's changes; a series with a list lacks none.
func TestMissing(t *testing.T) {
	const patch = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
	for _, c := range []struct{ files, lock, want string }{
		{"a.patch", "a b c", "b c"},
		{"a.patch b.patch", "a b c", ""},
		{"a.patch", "a b", ""},
		{"a.patch", "x", "x"},
		{"a.patch", "", ""},
		{"a.patch series", "a b c", ""},
	} {
		folder := fstest.MapFS{}
		for _, name := range strings.Fields(c.files) {
			data := patch
			if name == "series" {
				data = "a.patch\n"
			}
			folder[name] = &fstest.MapFile{Data: []byte(data), Mode: 0o644}
		}
		s, err := Load([]Folder{{Name: "patches", FS: folder}})
		if err != nil {
			t.Fatal(err)
		}
		lock := &Lock{}
		for _, name := range strings.Fields(c.lock) {
			lock.Changes = append(lock.Changes, Locked{Name: name})
		}
		if got := strings.Join(s.Missing(lock), " "); got != c.want {
			t.Errorf("%s with a lock of %s: missing %q, want %q", c.files, c.lock, got, c.want)
		}
	}
}
