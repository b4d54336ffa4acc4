package candidate

import "testing"

// TestResembles: a copy is held against all versions of a file, the newest first.
func TestResembles(t *testing.T) {
	versions := [][]byte{[]byte("a\nb2\nc\nd\nnew\n"), []byte("a\nb2\nc\nd\n"), []byte("a\nb\nc\nd\n"), []byte("a\nb\n")}
	for _, test := range []struct {
		name, copied string
		want         int
	}{
		{"of today", "a\nb2\nc\nours\nnew\n", 0},
		{"of today, shorter", "a\nb2\nnew\n", 0},
		{"of before", "a\nb2\nc\nours\n", 1},
		{"of long ago", "a\nb\nc\nd\nours\nours too\n", 2},
		{"the first one", "a\nb\n", 3},
		{"its own indentation and ends", "  a\r\n  b\r\n  c\r\n  d\r\n", 2},
		{"between two", "a\nc\nd\n", 1}, // the newer of two that are as near
		{"another file", "x\ny\nz\na\n", -1},
		{"no text", "a\nb\n\x00", -1},
		{"nothing", "", -1},
	} {
		if got := resembles([]byte(test.copied), versions); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
