package upstream

import "testing"

// git's progress, which it draws over itself on one line, is none of its reasons.
func TestSays(t *testing.T) {
	const stderr = "warning: filtering not recognized by server, ignoring\n" +
		"remote: Counting objects:  50% (1/2)\rremote: Counting objects: 100% (2/2), done.\n" +
		"Receiving objects:  50% (1/2)\rfatal: write error: out of luck\nerror: cannot update ref\n" +
		"fatal: write error: out of luck\nFrom /somewhere\n"
	if got := says(stderr); got != "write error: out of luck; error: cannot update ref" {
		t.Errorf("%q", got)
	}
}
