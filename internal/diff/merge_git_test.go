package diff_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// TestMergeAgainstGit: Merge and Marked return what git writes, byte for byte, in all three styles. `git checkout
// --conflict` merges the sides in an index with the same function and level as `git apply --3way` and `git am -3`.
func TestMergeAgainstGit(t *testing.T) {
	t.Parallel()
	r := newSource(2)
	var cases [][3][]byte
	for range many(4000) {
		base := r.text(r.IntN(40))
		cases = append(cases, [3][]byte{r.bytes(base), r.bytes(r.vary(base, r.IntN(5))), r.bytes(r.vary(base, r.IntN(5)))})
	}
	for range many(40) {
		base := r.text(500 + r.IntN(2000))
		cases = append(cases, [3][]byte{r.bytes(base), r.bytes(r.vary(base, r.IntN(900))), r.bytes(r.vary(base, r.IntN(60)))})
	}
	compareMerges(t, newScratch(t), cases)
}

func compareMerges(t *testing.T, s *scratch, cases [][3][]byte) {
	t.Helper()
	var contents [][]byte
	var index bytes.Buffer
	for i, c := range cases {
		contents = append(contents, c[:]...)
		for side, data := range c {
			fmt.Fprintf(&index, "100644 %s %d\t%s\n", id(data), side+1, name(i))
		}
	}
	s.write(contents...)
	s.git(index.Bytes(), "update-index", "--index-info")
	names := diff.Names{Ours: "ours", Base: "base", Theirs: "theirs"}
	for style, called := range []string{"zdiff3", "diff3", "merge"} {
		s.git(nil, "checkout", "-q", "--conflict="+called, "--", ".")
		clean, bad, foreseen := 0, 0, 0
		for i, c := range cases {
			want, err := os.ReadFile(filepath.Join(s.dir, name(i)))
			if err != nil {
				t.Fatal(err)
			}
			merged, conflicts := diff.Merge(c[0], c[1], c[2])
			if len(conflicts) == 0 {
				clean++
			}
			checkConflicts(t, c, merged, conflicts)
			if !diff.NewMergeCheck(c[0], c[2]).Possible(c[1]) {
				if foreseen++; len(conflicts) == 0 {
					t.Errorf("case %d merges, and a conflict was foreseen: base\n%.2000q\nours\n%.2000q\ntheirs\n%.2000q",
						i, c[0], c[1], c[2])
				}
			}
			got := diff.Marked(c[0], c[1], c[2], diff.Style(style), names)
			if !bytes.Equal(got, want) || len(conflicts) == 0 && diff.Style(style) == diff.Plain && !bytes.Equal(merged, want) {
				if bad++; bad < 4 {
					t.Errorf("%s, case %d, %d conflicts: got\n%.2000q\nwant\n%.2000q\nbase\n%.2000q\nours\n%.2000q\ntheirs\n%.2000q",
						called, i, len(conflicts), got, want, c[0], c[1], c[2])
				}
			}
		}
		t.Logf("%s: %d cases, %d clean, %d conflicts foreseen; %d wrong", called, len(cases), clean, foreseen, bad)
		if clean < len(cases)/10 || clean > len(cases)*9/10 {
			t.Errorf("%d clean ones of %d prove little", clean, len(cases))
		}
	}
}

// checkConflicts compares the places of conflicts with the texts.
func checkConflicts(t *testing.T, c [3][]byte, merged []byte, conflicts []diff.Conflict) {
	t.Helper()
	for _, one := range conflicts {
		for _, side := range []struct {
			text []byte
			line int
			want [][]byte
		}{{c[0], one.BaseLine, one.Base}, {c[1], one.OursLine, one.Ours}, {c[2], one.TheirsLine, one.Theirs},
			{merged, one.At, one.Ours}} {
			lines := slices.Collect(bytes.Lines(side.text))
			if from, to := side.line-1, side.line-1+len(side.want); from < 0 || to > len(lines) ||
				!slices.EqualFunc(lines[from:to], side.want, bytes.Equal) {
				t.Errorf("%q do not stand at line %d of %q", side.want, side.line, side.text)
			}
		}
	}
}
