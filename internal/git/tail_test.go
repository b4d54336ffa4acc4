package git

import (
	"strings"
	"testing"
)

// TestTailBeginsBehindASecret: where git says more than is kept, what is left of a secret that was broken over lines is
// not the beginning of it.
func TestTailBeginsBehindASecret(t *testing.T) {
	for _, c := range []struct{ said, want string }{
		{"short\nand all of it\n", "short\nand all of it\n"},
		{strings.Repeat("remote: fGQvQ05SWTI2eDQx\n", 2000) + "remote: who are you?\nremote: x\n",
			"remote: who are you?\nremote: x\n"},
		{strings.Repeat("fGQvQ05SWTI2eDQx\n", 2000) + "it failed\n", "it failed\n"},
		{strings.Repeat("fGQvQ05SWTI2eDQx\n", 2000), ""},
		{strings.Repeat("x", 2*tailSize) + "\nit failed\n", "it failed\n"},
	} {
		var kept tail
		if _, err := kept.Write([]byte(c.said)); err != nil {
			t.Fatal(err)
		}
		if got := kept.String(); got != c.want {
			t.Errorf("%d bytes, %q…: got %q, want %q", len(c.said), c.said[:5], got, c.want)
		}
	}
}
