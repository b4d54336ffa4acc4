package pullref

import (
	"strings"
	"testing"
)

// A name has at most as many characters as GitHub gives it.
func TestParse(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	for text, want := range map[string]bool{
		"owner/repo#7": true, "owner/repo": true, "o/.github": true, "owner/repo#0": false, "owner/repo#": false,
		"owner/..": false, "-owner/repo": false, "owner": false, "owner/repo/more": false,
		long(39) + "/repo": true, long(40) + "/repo": false, "o/" + long(100): true, "o/" + long(101): false,
		"o/r#123456789": true, "o/r#1234567890": false,
	} {
		p, err := Parse(text)
		if ok := err == nil; ok != want || ok && p.String() != text {
			t.Errorf("%q: %+v, %v", text, p, err)
		}
	}
}
