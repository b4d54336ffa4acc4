package diff_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// TestBinaryLimits: each limit of binary content can be reached, and one more byte is refused; docs/safety.md has the
// numbers.
func TestBinaryLimits(t *testing.T) {
	of := func(size int) []byte {
		data := make([]byte, size)
		return diff.Format([]*diff.File{{OldName: "f", NewName: "f", OldID: id(nil), NewID: id(data),
			Binary: &diff.Binary{Forward: &diff.Chunk{Data: data}}}})
	}
	most := of(16 << 20)
	for _, test := range []struct {
		name  string
		files int
		diff  []byte
		says  string
	}{
		{"a file of 16 MiB", 1, most, ""},
		{"a file of 16 MiB and a byte", 0, of(16<<20 + 1), `binary content of size "16777217", more than 16 MiB or none`},
		{"files of 64 MiB", 4, bytes.Repeat(most, 4), ""},
		{"files of 64 MiB and a byte", 0, append(bytes.Repeat(most, 4), of(1)...), "more than 64 MiB of binary content"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files, err := diff.Parse(test.diff)
			if (err == nil) != (test.says == "") || len(files) != test.files || !strings.Contains(fmt.Sprint(err), test.says) &&
				err != nil {
				t.Errorf("%d files, %v; want %d, %q", len(files), err, test.files, test.says)
			}
		})
	}
}
