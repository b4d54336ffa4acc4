package upstreamref

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// TestLongestRef takes a ref of 250 bytes, and refuses one that is a byte longer.
func TestLongestRef(t *testing.T) {
	if err := Check(strings.Repeat("x", 250)); err != nil {
		t.Errorf("250 bytes: %v", err)
	}
	err := Check(strings.Repeat("x", 251))
	if fault.CodeOf(err) != fault.Usage || err.Error() != "the ref has 251 bytes, at most 250 are allowed" {
		t.Errorf("251 bytes: %v (exit %d)", err, fault.CodeOf(err))
	}
}
