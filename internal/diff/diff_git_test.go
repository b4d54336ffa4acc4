package diff_test

import (
	"bytes"
	"testing"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/lines"
)

// TestDiffAgainstGit: Diff and Format write what git writes, byte for byte.
func TestDiffAgainstGit(t *testing.T) {
	t.Parallel()
	s, r := newScratch(t), newSource(1)
	var old, fresh [][]byte
	for range many(5000) {
		text := r.text(r.IntN(60))
		old, fresh = append(old, r.bytes(text)), append(fresh, r.bytes(r.vary(text, r.IntN(8))))
	}
	for range many(60) { // long enough to reach the limits of the search
		text := r.text(500 + r.IntN(3000))
		other := r.vary(text, 5+r.IntN(2500))
		if r.IntN(4) == 0 {
			other = r.text(len(text))
		}
		old, fresh = append(old, r.bytes(text)), append(fresh, r.bytes(other))
	}
	for n := range many(60) {
		length := 4000
		if n < many(4) {
			length = 80_000 // git looks for good snakes from 65,536 lines on
		}
		text, other := r.shuffle(length)
		old, fresh = append(old, r.bytes(text), r.bytes(other)), append(fresh, r.bytes(other), r.bytes(text))
	}
	const most = 500_000 // lines of one diff: Parse allows twice as many
	for begin := 0; begin < len(old); {
		end := begin
		for n := 0; end < len(old); end++ {
			n += bytes.Count(old[end], []byte{'\n'}) + bytes.Count(fresh[end], []byte{'\n'})
			if end > begin && n > most {
				break
			}
		}
		compareDiffs(t, s, old[begin:end], fresh[begin:end])
		begin = end
	}
}

func compareDiffs(t *testing.T, s *scratch, old, fresh [][]byte) {
	t.Helper()
	a, b := map[string]blob{}, map[string]blob{}
	for i := range old {
		a[name(i)], b[name(i)] = blob{data: old[i]}, blob{data: fresh[i]}
	}
	want := s.git(nil, "diff-tree", "-r", "-p", "--full-index", s.tree(a), s.tree(b))
	parsed, err := diff.Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := diff.Format(parsed); !bytes.Equal(got, want) {
		t.Error("Format(Parse(x)) is not x")
	}
	hunks, bad := 0, 0
	for _, f := range parsed {
		mine := *f
		mine.Hunks = diff.Diff(a[f.OldName].data, b[f.NewName].data)
		hunks += len(mine.Hunks)
		got, want := diff.Format([]*diff.File{&mine}), diff.Format([]*diff.File{f})
		if !bytes.Equal(got, want) && cutShort(a[f.OldName].data, b[f.NewName].data) {
			t.Logf("%s takes more steps than are made: what is left counts as changed", f.Name())
		} else if !bytes.Equal(got, want) {
			if bad++; bad < 4 {
				t.Errorf("got\n%.3000s\nwant\n%.3000s", got, want)
			}
		}
		for _, one := range []*diff.File{f, &mine} {
			got, _, err := one.Apply(a[f.OldName].data)
			if err != nil || !bytes.Equal(got, b[f.NewName].data) {
				t.Errorf("%s: Apply: %v", f.Name(), err)
			}
			back, _, err := one.Reverse().Apply(b[f.NewName].data)
			if err != nil || !bytes.Equal(back, a[f.OldName].data) {
				t.Errorf("%s: Reverse: %v", f.Name(), err)
			}
		}
	}
	t.Logf("%d files, %d that differ, %d hunks; %d wrong", len(old), len(parsed), hunks, bad)
}

// cutShort reports whether the comparison of two texts reaches the limits of package lines.
func cutShort(a, b []byte) bool {
	x, y := lines.New(a), lines.New(b)
	p := lines.NewPool(x.Len() + y.Len())
	_, steps := lines.Changes(p.Side(x), p.Side(y), p.Len(), true)
	return steps > 20_000_000
}
