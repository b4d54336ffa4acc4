package diff_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/renames"
)

// TestRenamesAgainstGit: Renames finds what git finds, with the same similarity.
func TestRenamesAgainstGit(t *testing.T) {
	s, r := newScratch(t), newSource(5)
	found := 0
	for n := range many(80) {
		old, fresh := map[string]blob{}, map[string]blob{}
		for range 3 + r.IntN(25) {
			data := slices.Concat(r.text(1 + r.IntN(40))...)
			f := blob{data: data, mode: []string{"100644", "100644", "100755", "120000"}[r.IntN(4)]}
			if f.mode == "120000" {
				f.data = fmt.Appendf(nil, "to/%d", r.IntN(3))
			}
			for range 1 + r.IntN(2) {
				old[fmt.Sprintf("old%d/%d", r.IntN(3), r.IntN(20))] = f
			}
		}
		for _, from := range sortedNames(old) {
			f := old[from]
			for range r.IntN(3) {
				if f.mode != "120000" {
					f.data = slices.Concat(r.vary(slices.Collect(bytes.Lines(f.data)), r.IntN(12))...)
				}
				fresh[fmt.Sprintf("new%d/%d", r.IntN(3), r.IntN(20))] = f
			}
		}
		want := strings.TrimSpace(string(s.git(nil, "diff-tree", "-r", "-M", "--diff-filter=R", s.tree(old), s.tree(fresh))))
		a, b := blobs(old), blobs(fresh)
		pairs, err := renames.Find(a, b, func(f renames.Blob) ([]byte, error) {
			if one, ok := old[f.Name]; ok && id(one.data) == f.ID {
				return one.data, nil
			}
			return fresh[f.Name].data, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range pairs {
			x, y := a[m.Old], b[m.New]
			got = append(got, fmt.Sprintf(":%o %o %s %s R%03d\t%s\t%s", x.Mode, y.Mode, x.ID, y.ID, m.Similarity, x.Name,
				y.Name))
		}
		found += len(got)
		if got := strings.Join(got, "\n"); got != want {
			t.Errorf("case %d: got\n%s\nwant\n%s", n, got, want)
		}
	}
	t.Logf("%d renames", found)
}

// blobs converts files to the input of Renames.
func blobs(files map[string]blob) []renames.Blob {
	var out []renames.Blob
	for _, name := range sortedNames(files) {
		b := renames.Blob{Name: name, ID: id(files[name].data), Size: int64(len(files[name].data))}
		fmt.Sscanf(files[name].mode, "%o", &b.Mode)
		out = append(out, b)
	}
	return out
}
