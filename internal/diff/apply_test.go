package diff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// hunks returns a diff of the file f with this body.
func hunks(t *testing.T, body string) *diff.File {
	t.Helper()
	files, err := diff.Parse([]byte("--- a/f\n+++ b/f\n" + body))
	if err != nil {
		t.Fatal(err)
	}
	return files[0]
}

// letters returns a text with one letter per line.
func letters(s string) string {
	return strings.Join(strings.Split(s, ""), "\n") + "\n"
}

var places = []struct{ name, hunks, old, want string }{
	{"in place", "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n", letters("abcde"), letters("abCde") + "0"},
	{"below", "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n", letters("xxabcde"), letters("xxabCde") + "2"},
	{"above", "@@ -4,3 +4,3 @@\n b\n-c\n+C\n d\n", letters("abcde"), letters("abCde") + "-2"},
	{"in place of two", "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n", letters("abcdbcd"), letters("abCdbcd") + "0"},
	{"nearest", "@@ -5,3 +5,3 @@\n b\n-c\n+C\n d\n", letters("bcdxxxbcd"), letters("bcdxxxbCd") + "2?"},
	{"the lower of two equally near", "@@ -4,3 +4,3 @@\n b\n-c\n+C\n d\n", letters("bcdxxxbcd"),
		letters("bcdxxxbCd") + "3?"},
	{"behind the one before", "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n@@ -6,3 +6,3 @@\n b\n-c\n+C\n d\n",
		letters("abcdxxxxbcdx"), letters("abCdxxxxbCdx") + "0 3?"},
	{"never upon the one before", "@@ -2,3 +2,3 @@\n b\n-c\n+C\n b\n@@ -6,3 +6,3 @@\n b\n-c\n+C\n b\n", letters("abcbcbx"),
		`hunk 2: line 7: expected "c", found "x"`},
	{"line 1 with context may move", "@@ -1,3 +1,3 @@\n b\n-c\n+C\n d\n", letters("abcd"), letters("abCd") + "1"},
	{"line 1 without context may not", "@@ -1,2 +1,2 @@\n-b\n+B\n c\n", letters("abc"),
		`hunk 1: line 1: expected "b", found "a"`},
	{"the end may move", "@@ -1,2 +1,2 @@\n b\n-c\n+C\n", letters("abc"), letters("abC") + "1"},
	{"the end may not leave it", "@@ -1,2 +1,2 @@\n b\n-c\n+C\n", letters("bcd"),
		`hunk 1: the file should end before line 3, which is "d"`},
	{"a whole file", "@@ -1 +1 @@\n-b\n+B\n", letters("b"), "B\n0"},
	{"a whole file that has more", "@@ -1 +1 @@\n-b\n+B\n", letters("bc"),
		`hunk 1: the file should end before line 2, which is "c"`},
	{"into an empty file", "@@ -0,0 +1 @@\n+b\n", "", "b\n0"},
	{"into one that is not empty", "@@ -0,0 +1 @@\n+b\n", letters("a"),
		`hunk 1: the file should end before line 1, which is "a"`},
	{"another line", "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n", letters("abxde"), `hunk 1: line 3: expected "c", found "x"`},
	{"a line where the last hunk's offset leads", "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n@@ -6,3 +6,3 @@\n f\n-g\n+G\n h\n",
		letters("xxabcdefyh"), `hunk 2: line 9: expected "g", found "y"`},
	{"a file that ends", "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n", letters("ab"),
		`hunk 1: line 3 should be "c", and the file ends before it`},
	{"crlf in the file", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n", "a\r\nb\r\nc\r\n",
		`hunk 1: line 1, "a", should end in LF and ends in CRLF`},
	{"crlf in the diff", "@@ -1,3 +1,3 @@\n a\r\n-b\r\n+B\r\n c\r\n", letters("abc"),
		`hunk 1: line 1, "a", should end in CRLF and ends in LF`},
	{"no line feed in the file", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n", "a\nb",
		`hunk 1: line 2, "b", should end in LF and ends in no line feed`},
	{"no line feed", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n", "a\nb", "a\nB\n0"},
	{"no line feed any more", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n\\ No newline at end of file\n", "a\nb\n", "a\nB0"},
}

func TestPlaces(t *testing.T) {
	for _, test := range places {
		t.Run(test.name, func(t *testing.T) {
			out, placed, err := hunks(t, test.hunks).Apply([]byte(test.old))
			got := string(out)
			for i, p := range placed {
				got += fmt.Sprintf("%s%d", " "[:min(i, 1)], p.Offset)
				if p.Ambiguous {
					got += "?"
				}
			}
			var conflict *diff.ConflictError
			if errors.As(err, &conflict) {
				got = conflict.Error()
			} else if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
