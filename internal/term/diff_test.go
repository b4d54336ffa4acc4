package term

import (
	"strings"
	"testing"
)

// TestDiffIsNotBroken leaves each line of a diff as it is on a narrow terminal, but for the names of blobs.
func TestDiffIsNotBroken(t *testing.T) {
	long := strings.Repeat("word ", 30) + "end"
	a, b := strings.Repeat("0123456789", 4), strings.Repeat("abcdef0123", 4)
	for line, want := range map[string]string{
		"+" + long:                            "+" + long,
		"-" + long:                            "-" + long,
		" " + long:                            " " + long,
		"+++ " + long:                         "+++ " + long,
		"diff --git a/" + long + " b/" + long: "diff --git a/" + long + " b/" + long,
		"@@ -1,7 +1,7 @@ " + long:             "@@ -1,7 +1,7 @@ " + long,
		"+\tgit fetch " + long + ": howdah patch check x": "+    git fetch " + long + ": howdah patch check x",
		"index " + a + ".." + b + " 100644":               "index 012345678..abcdef012 100644",
		"index " + a + ".." + b:                           "index 012345678..abcdef012",
		"-index " + a + ".." + b + " 100644":              "-index " + a + ".." + b + " 100644",
		"index of " + long:                                "index of " + long,
	} {
		for _, indent := range []int{0, 4} {
			var p Page
			p.Add(DiffLine(indent, line))
			if got, whole := p.masked(Secrets{}).Fit(40).String(), strings.Repeat(" ", indent)+want+"\n"; got != whole {
				t.Errorf("%q became\n%swant\n%s", line, got, whole)
			}
		}
	}
	if got := string(Diff("-old\n+new\n").Bytes(true)); got != "\x1b[31m-old\x1b[0m\n\x1b[32m+new\x1b[0m\n" {
		t.Errorf("in colour a diff is %q", got)
	}
}
