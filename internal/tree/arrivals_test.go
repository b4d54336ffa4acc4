package tree_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/tree"
)

// TestArrivals: what Arrivals lists is what Compare has of new files, of many pairs of trees that share most folders,
// asked with one memory and again.
func TestArrivals(t *testing.T) {
	_, begin := start(t)
	r := rand.New(rand.NewPCG(2, 2))
	names := []string{"a.txt", "lib", "lib/b.rb", "lib/deep/c.rb", "lib/deep/d", "lib-x", "new/x/y", "new/x", "new/z",
		"link"}
	trees := []*tree.Tree{begin}
	for len(trees) < 40 {
		f := file(fmt.Sprintln(r.IntN(3)))
		if r.IntN(3) == 0 {
			f = nil
		}
		next, err := trees[r.IntN(len(trees))].With(t.Context(), map[string]*tree.File{names[r.IntN(len(names))]: f})
		if err == nil {
			trees = append(trees, next)
		}
	}
	var kept tree.Arrivals
	some := 0
	for range 2 {
		for _, a := range trees {
			for _, b := range trees[:20] {
				want := added(t, a, b)
				got, err := kept.Between(t.Context(), a, b)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("got %v, want %v", got, want)
				}
				some += len(got)
			}
		}
	}
	if some < 500 {
		t.Errorf("%d files prove little", some)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := new(tree.Arrivals).Between(ctx, trees[0], trees[len(trees)-1]); err == nil {
		t.Error("a cancelled context is no error")
	}
}

// TestUnseenArrivals: of each base and later trees, Unseen lists the contents that Between lists, the more often asked
// the fewer again.
func TestUnseenArrivals(t *testing.T) {
	_, base := start(t)
	trees := []*tree.Tree{base}
	for i := range 20 {
		next, err := trees[i].With(t.Context(), map[string]*tree.File{
			fmt.Sprintf("lib/%d/x.rb", i%5): file(fmt.Sprintln(i)), fmt.Sprintf("new-%d/y", i): file(fmt.Sprintln("y", i))})
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, next)
	}
	var kept, seen tree.Arrivals
	want, got := map[tree.ID]bool{}, map[tree.ID]bool{}
	listed := 0
	for _, b := range trees {
		between, err := kept.Between(t.Context(), base, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range between {
			want[d.New.ID] = true
		}
		unseen, err := seen.Unseen(t.Context(), base, b)
		if err != nil {
			t.Fatal(err)
		}
		listed += len(unseen)
		for _, d := range unseen {
			got[d.New.ID] = true
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%d contents, want %d", len(got), len(want))
		}
	}
	if listed > 2*len(want) {
		t.Errorf("listed %d files for %d contents", listed, len(want))
	}
	if again, err := seen.Unseen(t.Context(), base, trees[20]); err != nil || len(again) > 0 {
		t.Errorf("asked again: %v, %v", again, err)
	}
}

// added are the regular files of b at whose paths a has none.
func added(t *testing.T, a, b *tree.Tree) (out []tree.Delta) {
	t.Helper()
	all, err := tree.Compare(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Old.ID == "" && d.New.Mode.IsRegular() {
			out = append(out, d)
		}
	}
	return out
}
