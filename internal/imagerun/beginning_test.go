package imagerun

import "testing"

// TestBeginning: an answer that goes on ends in a sign, by which the start of a secret is masked.
func TestBeginning(t *testing.T) {
	for answer, want := range map[string]string{"": "", "0123456789": "0123456789", "0123456789a": "0123456789…",
		"012345678é": "012345678…"} {
		if got := beginning([]byte(answer), 10); got != want {
			t.Errorf("%q became %q, want %q", answer, got, want)
		}
	}
}
