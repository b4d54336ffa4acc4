package rewrite_test

import (
	"testing"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// Edits that were not made stand in the file as comments of its language, above the nearest line and as far to the
// right, or above the last line.
func TestOpenEdits(t *testing.T) {
	once := func(find, replace string, near ...verdict.Place) apply.MissedEdit {
		return apply.MissedEdit{Edit: &series.Edit{File: "x", Find: find, Replace: replace, Count: 1}, Number: 1, Of: 2,
			Near: near}
	}
	many := apply.MissedEdit{Edit: &series.Edit{Match: "a+", Count: 2}, Number: 2, Of: 2, Found: series.MaxCount + 1}
	for _, c := range []struct {
		name, data string
		missed     []apply.MissedEdit
		want       string
	}{
		{"a.rb", "class A\n  B = 5\nend\n",
			[]apply.MissedEdit{once("B = 4", "B = 6", verdict.Place{Line: 2, Text: "  B = 5"})},
			"class A\n" +
				"  # <<<<<<< edit 1 of 2 of c: expected 1 match, found 0\n  # find:\n  #   B = 4\n  # replace:\n  #   B = 6\n" +
				"  # line 2:\n  #     B = 5\n  # >>>>>>> make the edit here, and remove these lines\n" +
				"  B = 5\nend\n"},
		{"a.tsx", "x\n", []apply.MissedEdit{once("one\ntwo\n", "")},
			"x\n// <<<<<<< edit 1 of 2 of c: expected 1 match, found 0\n// find:\n//   one\n//   two\n// replace: nothing\n" +
				"// >>>>>>> make the edit here, and remove these lines\n"},
		{"a.css", "x", []apply.MissedEdit{once("y", "z")},
			"/* <<<<<<< edit 1 of 2 of c: expected 1 match, found 0 */\n/* find: */\n/*   y */\n/* replace: */\n/*   z */\n" +
				"/* >>>>>>> make the edit here, and remove these lines */\nx"},
		{"a.css", "x", []apply.MissedEdit{once("y */", "z")}, // would end the comment
			"<<<<<<< edit 1 of 2 of c: expected 1 match, found 0\nfind:\n  y */\nreplace:\n  z\n" +
				">>>>>>> make the edit here, and remove these lines\nx"},
		{"a.json", "{\r\n}\r\n", []apply.MissedEdit{many},
			"{\r\n}\r\n<<<<<<< edit 2 of 2 of c: expected 2 matches, found more than 10000\r\nmatch:\r\n  a+\r\n" +
				"replace: nothing\r\n>>>>>>> make the edit here, and remove these lines\r\n"},
		{"app/Gemfile", "", []apply.MissedEdit{once("y", "z", verdict.Place{Line: 9, Text: "gone"})},
			"# <<<<<<< edit 1 of 2 of c: expected 1 match, found 0\n# find:\n#   y\n# replace:\n#   z\n# line 9:\n#   gone\n" +
				"# >>>>>>> make the edit here, and remove these lines\n"},
	} {
		if got := string(rewrite.OpenEdits(c.name, []byte(c.data), "c", c.missed)); got != c.want {
			t.Errorf("%s:\n%q\nwant:\n%q", c.name, got, c.want)
		}
	}
}
