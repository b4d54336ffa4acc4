package diff

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// supposed is a diff of two hunks.
const supposed = "--- a/f\n+++ b/f\n@@ -1,5 +1,5 @@\n one\n two\n-SIZE = 4\n+SIZE = 8\n four\n five\n" +
	"@@ -21,3 +21,3 @@\n before\n-last = 1\n+last = 2\n after\n"

// TestSuppose: without a base, each hunk that does not fit is a conflict with three sides, and the others are
// applied.
func TestSuppose(t *testing.T) {
	filler := strings.Repeat("filler\n", 30)
	fits, made := "before\nlast = 1\nafter\n", "before\nlast = 2\nafter\n"
	for name, c := range map[string]struct{ ours, want string }{
		"the line altered": {
			filler + "one\ntwo\nSIZE = 5\nfour\nfive\n" + fits,
			filler + "one\ntwo\n<<<<<<< u\nSIZE = 5\n||||||| b\nSIZE = 4\n=======\nSIZE = 8\n>>>>>>> y\nfour\nfive\n" + made,
		},
		"the context altered": {
			"one\n2\nSIZE = 4\nfour\nfive\n" + fits,
			"one\n<<<<<<< u\n2\nSIZE = 4\n||||||| b\ntwo\nSIZE = 4\n=======\ntwo\nSIZE = 8\n>>>>>>> y\nfour\nfive\n" + made,
		},
		"lines put between": {
			"one\ntwo\nSIZE = 5\nA\nB\nfour\nfive\n" + fits,
			"one\ntwo\n<<<<<<< u\nSIZE = 5\nA\nB\n||||||| b\nSIZE = 4\n=======\nSIZE = 8\n>>>>>>> y\nfour\nfive\n" + made,
		},
		"lines taken away": {
			"one\nfive\n" + fits,
			"one\n<<<<<<< u\n||||||| b\ntwo\nSIZE = 4\nfour\n=======\ntwo\nSIZE = 8\nfour\n>>>>>>> y\nfive\n" + made,
		},
		"indented anew": {
			"  one\n  two\n  SIZE = 4\n  four\n  five\n" + fits,
			"<<<<<<< u\n  one\n  two\n  SIZE = 4\n  four\n  five\n||||||| b\none\ntwo\nSIZE = 4\nfour\nfive\n=======\none\n" +
				"two\nSIZE = 8\nfour\nfive\n>>>>>>> y\n" + made,
		},
		"CRLF": {
			"one\r\ntwo\r\nSIZE = 4\r\nfour\r\nfive\r\n",
			"<<<<<<< u\r\none\r\ntwo\r\nSIZE = 4\r\nfour\r\nfive\r\n||||||| b\r\none\ntwo\nSIZE = 4\nfour\nfive\n" +
				"=======\r\none\ntwo\nSIZE = 8\nfour\nfive\n>>>>>>> y\r\n" +
				"<<<<<<< u\r\n||||||| b\r\nbefore\nlast = 1\nafter\n=======\r\nbefore\nlast = 2\nafter\n>>>>>>> y\r\n",
		},
		"an empty file": {
			"",
			"<<<<<<< u\n||||||| b\none\ntwo\nSIZE = 4\nfour\nfive\n=======\none\ntwo\nSIZE = 8\nfour\nfive\n>>>>>>> y\n" +
				"<<<<<<< u\n||||||| b\nbefore\nlast = 1\nafter\n=======\nbefore\nlast = 2\nafter\n>>>>>>> y\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := Parse([]byte(supposed))
			if err != nil {
				t.Fatal(err)
			}
			s, ok := files[0].Suppose([]byte(c.ours), Names{"u", "b", "y"}, NewSearch(1_000_000, 1_000_000))
			if !ok || string(s.Marked) != c.want {
				t.Errorf("%v, got\n%s\nwant\n%s", ok, s.Marked, c.want)
			}
			for _, one := range s.Conflicts {
				lines := bytes.SplitAfter([]byte(c.ours), newline)
				at := lines[one.OursLine-1:]
				for i, l := range one.Ours {
					if !bytes.Equal(at[i], l) {
						t.Errorf("%q does not stand at line %d", l, one.OursLine+i)
					}
				}
			}
			if got, _, err := files[0].Apply(s.Base); err != nil || !bytes.Equal(got, s.Theirs) {
				t.Errorf("the diff does not lead from the base to the other side: %v", err)
			}
		})
	}
}

// TestSupposeNothing: a diff that fits, and one of a binary file, have no supposed base.
func TestSupposeNothing(t *testing.T) {
	files, err := Parse([]byte(supposed))
	if err != nil {
		t.Fatal(err)
	}
	for _, ours := range []string{"one\ntwo\nSIZE = 4\nfour\nfive\nbefore\nlast = 1\nafter\n", "\x00"} {
		if s, ok := files[0].Suppose([]byte(ours), Names{}, NewSearch(1_000_000, 1_000_000)); ok {
			t.Errorf("%q: %s", ours, s.Marked)
		}
	}
	for _, n := range []int{10_000, 10_001} {
		many := File{Hunks: slices.Repeat(files[0].Hunks[:1], n)}
		if _, ok := many.Suppose([]byte("one\n"), Names{}, NewSearch(0, 0)); ok != (n == 10_000) {
			t.Errorf("%d hunks: %v", n, ok)
		}
	}
}

// TestTry: each hunk is tried by itself, in a large file too.
func TestTry(t *testing.T) {
	files, err := Parse([]byte(supposed))
	if err != nil {
		t.Fatal(err)
	}
	var filler strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&filler, "line %d\n}\n\n", i)
	}
	fits := "before\nlast = 1\nafter\n"
	for name, c := range map[string]struct{ text, want string }{
		"the first does not": {filler.String() + "one\ntwo\nSIZE = 5\nfour\nfive\n" + fits, "not 60003, fits 60006"},
		"the last does not": {
			filler.String() + "one\ntwo\nSIZE = 4\nfour\nfive\nbefore\nlast = 7\nafter\n", "fits 60001, not 60007",
		},
		"the first goes below the last": {
			filler.String() + fits + "one\ntwo\nSIZE = 4\nfour\nfive\n", "fits 60004, not 60009",
		},
		"neither does, and all words changed": {
			filler.String() + "size: SIZE\n", "not 59999, not 21",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, trial := range files[0].Try([]byte(c.text), NewSearch(3_000_000, 3_000_000)).List {
				word := "fits"
				if !trial.Fits {
					word = "not"
				}
				got = append(got, fmt.Sprintf("%s %d", word, trial.Line))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%s, want %s", strings.Join(got, ", "), c.want)
			}
		})
	}
}

// TestSeek: what is only sought spends what a supposition spends of the budget, so that what follows has the same.
func TestSeek(t *testing.T) {
	ours := strings.Repeat("one\ntwo\nthree\n", 50)
	for name, text := range map[string]string{
		"fits nowhere": "@@ -3,3 +3,3 @@\n nothing\n-b\n+c\n d\n",
		"fits":         "@@ -1,2 +1,2 @@\n one\n-two\n+2\n",
		"fits often":   "@@ -50,2 +50,2 @@\n one\n-two\n+2\n",
		"two hunks":    "@@ -3,3 +3,3 @@\n two\n-b\n+c\n three\n@@ -9,2 +9,2 @@\n one\n-x\n+y\n",
		"is new":       "@@ -0,0 +1 @@\n+one\n",
	} {
		files, err := Parse([]byte("diff --git a/f b/f\n--- a/f\n+++ b/f\n" + text))
		if err != nil || len(files) != 1 {
			t.Fatal(name, err)
		}
		spent := 0
		for _, budget := range []int{0, 1, 40, 300, 1_000_000} {
			one, other := NewSearch(budget, budget), NewSearch(budget, budget)
			files[0].Suppose([]byte(ours), Names{}, one)
			files[0].Seek([]byte(ours), other)
			if one.left != other.left || one.all != other.all {
				t.Errorf("%s, %d: a supposition leaves %d, seeking %d", name, budget, one.all, other.all)
			}
			spent += budget - one.all
		}
		if spent == 0 {
			t.Errorf("%s: nothing is spent", name)
		}
	}
}
