package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// TestTakesBack: upstream and the change both alter line five, and upstream further lines.
func TestTakesBack(t *testing.T) {
	base := "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n"
	upstream := "one\nONE AND A HALF\ntwo\nthree\nfour\nfünf\nsix\nseven\nnine\nten\neleven\n  TWELVE\n"
	yours := "one\ntwo\nthree\nfour\ncinq\nsix\nseven\neight\nnine\nten\neleven\ntwelve\nthirteen\n"
	good := "one\nONE AND A HALF\ntwo\nthree\nfour\nboth\nsix\nseven\nnine\nten\neleven\nTHE END\n"
	for name, c := range map[string]struct {
		result string
		want   []string
	}{
		"yours as a whole":       {yours, []string{"-2 ONE AND A HALF", "+8 eight"}},
		"upstream's as a whole":  {upstream, nil},
		"resolved":               {good, nil},
		"resolved, and one more": {strings.Replace(good, "ten\n", "ten\nten and a half\n", 1), nil},
		"a line of both removed": {strings.Replace(good, "three\n", "", 1), nil},
		"one line missing":       {strings.Replace(good, "ONE AND A HALF\n", "", 1), []string{"-2 ONE AND A HALF"}},
		"one line back":          {strings.Replace(good, "seven\n", "seven\neight\n", 1), []string{"+9 eight"}},
		"moved elsewhere": {strings.Replace(strings.Replace(good, "ONE AND A HALF\n", "", 1), "ten\n",
			"ten\n    ONE AND A HALF\n", 1), nil},
		"empty": {"", []string{"-2 ONE AND A HALF"}},
	} {
		var got []string
		for _, r := range diff.TakesBack([]byte(base), []byte(upstream), []byte(yours), []byte(c.result)) {
			sign := "-"
			if r.Back {
				sign = "+"
			}
			got = append(got, fmt.Sprintf("%s%d %s", sign, r.Line, strings.TrimSpace(string(r.Text))))
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestTakesBackCounts: upstream added a second copy of a line; a result with only one of them lacks one.
func TestTakesBackCounts(t *testing.T) {
	base, upstream, yours := "a\nend\nb\nc\n", "a\nend\nb\nend\nc\n", "a\nend\nb\nC\n"
	for result, want := range map[string]int{"a\nend\nb\nend\nC\n": 0, "a\nend\nb\nC\n": 0, "a\nb\nC\n": 0} {
		if got := diff.TakesBack([]byte(base), []byte(upstream), []byte(yours), []byte(result)); len(got) != want {
			t.Errorf("%q: %d lines are taken back, want %d", result, len(got), want)
		}
	}
	yours = "A\nend\nb\nc\n"
	for result, want := range map[string]int{"A\nend\nb\nend\nc\n": 0, yours: 1, "A\nb\nend\nc\n": 0, "A\nb\nc\n": 1} {
		if got := diff.TakesBack([]byte(base), []byte(upstream), []byte(yours), []byte(result)); len(got) != want {
			t.Errorf("%q: %d lines are taken back, want %d", result, len(got), want)
		}
	}
}
