package term

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkMask masks a page of a megabyte, which has commits and digests, with forty secrets known.
func BenchmarkMask(b *testing.B) {
	s := NewSecrets()
	for i := range 40 {
		s.Add(fmt.Sprintf("s3cret-%02d-0123456789abcdef", i))
	}
	line := "| `0123456789abcdef0123456789abcdef01234567` | Fix \\\"a\\\" & b (#12345) | sha256:" +
		strings.Repeat("0123456789abcdef", 4) + " | 100% |\n"
	page := strings.Repeat(line, 1<<20/len(line))
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if got := s.Mask(page); len(got) != len(page) {
			b.Fatalf("%d bytes became %d", len(page), len(got))
		}
	}
}
