package diff_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// TestSection: git shows a line as a hunk's section if it begins with a letter, _ or $.
func TestSection(t *testing.T) {
	const below = "\n 1\n 2\n 3\n"
	for line, want := range map[string]string{
		"a": "a", "z": "z", "A": "A", "Z": "Z", "_x": "_x", "$x": "$x", "def f  ": "def f",
		"@x": "", "[x": "", "`x": "", "{x": "", "0": "", "-": "", " a": "", "é": "",
		strings.Repeat("x", 90): strings.Repeat("x", 80),
	} {
		hunks := diff.Diff([]byte(line+below+" 4\n"), []byte(line+below+" 5\n"))
		if len(hunks) != 1 || hunks[0].Section != want {
			t.Errorf("below %q: %+v, want the section %q", line, hunks, want)
		}
	}
}
