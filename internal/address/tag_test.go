package address

import (
	"strings"
	"testing"
)

// A tag has at most 128 characters (distribution-spec, "Pulling manifests").
func TestIsTag(t *testing.T) {
	for text, want := range map[string]bool{"edge": true, "_1.0-a": true, "": false, ".edge": false, "-edge": false,
		"a/b": false, "a\n": false, strings.Repeat("a", 128): true, strings.Repeat("a", 129): false} {
		if got := IsTag(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
