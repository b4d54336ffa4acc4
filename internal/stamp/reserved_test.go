package stamp

import (
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// TestMovingTags has the tags that Howdah writes itself, and those that only look like them.
func TestMovingTags(t *testing.T) {
	const release = "20260430T164501Z-4.6.0-alpha.7-gc6facd27e-01234567"
	for _, own := range []string{
		"current", "pending", "hold", "build-x", "build-", "build-0123456789abcdef0123456789abcdef", release,
		release + ".0123456789ab", "20260430T164501Z-x", "20260430T164501Z",
	} {
		if err := CheckMoving(own); fault.CodeOf(err) != fault.Usage || fault.HintOf(err).IsZero() {
			t.Errorf("%q may be moved: %v", own, err)
		}
	}
	for _, free := range []string{
		"latest", "edge", "4.6", "v4.6.0", "builds", "build", "on-hold", "hold-2", "Current", "20260430", "x" + release,
	} {
		if err := CheckMoving(free); err != nil {
			t.Errorf("%q may not be moved: %v", free, err)
		}
	}
}
