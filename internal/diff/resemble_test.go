package diff

import (
	"errors"
	"strings"
	"testing"
)

// TestConflictWhereItResembles: the error about a hunk that fits nowhere names the line where the file is most
// similar, not the hunk's own number.
func TestConflictWhereItResembles(t *testing.T) {
	const hunk = "--- a/f\n+++ b/f\n@@ -2,5 +2,5 @@\n one\n two\n-SIZE = 4\n+SIZE = 8\n four\n five\n"
	filler := strings.Repeat("filler\n", 20)
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"below, the line altered":      {filler + "one\ntwo\nSIZE = 5\nfour\nfive\n", 23},
		"below, the context altered":   {filler + "one\nTWO\nSIZE = 4\nfour\nfive\n", 22},
		"the nearer of two alike":      {"one\ntwo\nSIZE = 5\nfour\nfive\n" + filler + "one\ntwo\nSIZE = 5\nfour\nfive\n", 3},
		"the more alike of two":        {"one\ntwo\nfive\n" + filler + "one\ntwo\nSIZE = 5\nfour\nfive\n", 26},
		"nothing alike":                {filler, 2},
		"the last line cut off":        {filler + "one\ntwo\nSIZE = 4\nfour\n", 25},
		"blank lines are like nothing": {strings.Repeat("\n", 9) + "x\ntwo\n", 10},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := Parse([]byte(hunk))
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = files[0].Apply([]byte(c.text))
			var wrong *ConflictError
			if !errors.As(err, &wrong) || wrong.Line != c.line {
				t.Errorf("%v, want line %d", err, c.line)
			}
		})
	}
}
