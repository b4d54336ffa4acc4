package lines_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/lines"
)

// TestFinder finds what the expression alone finds, in whatever lines.
func TestFinder(t *testing.T) {
	for _, c := range []struct {
		expression string
		words      []string
	}{
		{`diff --git (\S)`, []string{"diff "}},
		{`--- \S.*\r?\n\+\+\+ (\S.*)$`, []string{"--- "}},
		{`(?:a|bb)c?$`, []string{"a", "bb"}},
	} {
		finder, plain := lines.NewFinder(c.expression, c.words...), regexp.MustCompile(`(?m)^(?:`+c.expression+`)`)
		for _, text := range []string{"", "\n", "diff --git a", "x\ndiff --git a b\n\ndiff --git \n", "--- a\n+++ b\n--- c\n",
			"--- a\r\n+++ b\r\n--- \n--- a\n--- b\n+++ c", "a", "ac\nbb\nbc\n a\nbbc", "x" + strings.Repeat("\na", 5000)} {
			if got, want := finder.All([]byte(text)), plain.FindAllSubmatchIndex([]byte(text), -1); fmt.Sprint(got) !=
				fmt.Sprint(want) {
				t.Errorf("%q in %.60q: %v, want %v", c.expression, text, got, want)
			}
			if got, want := finder.First([]byte(text)), plain.FindSubmatchIndex([]byte(text)); fmt.Sprint(got) !=
				fmt.Sprint(want) || finder.Matches([]byte(text)) != (want != nil) {
				t.Errorf("%q in %.60q first: %v, want %v", c.expression, text, got, want)
			}
		}
	}
}

// TestFinderFolds finds words in any case.
func TestFinderFolds(t *testing.T) {
	finder := lines.NewFoldingFinder(`subject: \[PATCH`, "subject:")
	for text, want := range map[string]bool{"SUBJECT: [patch": true, "x\nSubject: [PATCH]": true, "Subject": false,
		" subject: [patch": false} {
		if finder.Matches([]byte(text)) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// TestFinderLooksAtTheBeginning takes no line for one that ends where a Finder looks no further.
func TestFinderLooksAtTheBeginning(t *testing.T) {
	finder := lines.NewFinder(`From .*$`, "From ")
	for n, want := range map[int]bool{0: true, 4091: true, 4092: false, 10_000_000: false} {
		if got := finder.Matches([]byte("From " + strings.Repeat("x", n) + "\n")); got != want {
			t.Errorf("a line of %d characters more: %v", n, got)
		}
	}
}
