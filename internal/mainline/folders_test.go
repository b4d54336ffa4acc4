package mainline

import (
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// TestReadFolders: the folders that lead to different paths of different commits are read together, and no others.
func TestReadFolders(t *testing.T) {
	repo, ids := gittest.Repo(t, `commit 1 One
commit 2 Two
-- 1/a/b/x --
one
-- 1/c/d/y --
one
-- 2/a/b/x --
two
-- 2/c/d/y --
two
`)
	roots := map[string]tree.ID{}
	want := map[tree.ID]bool{}
	for _, n := range []string{"1", "2"} {
		at, err := repo.At(t.Context(), ids[n])
		if err != nil {
			t.Fatal(err)
		}
		roots[n] = at.Root()
		want[at.Root()] = true
		for _, name := range map[string][]string{"1": {"a", "a/b"}, "2": {"c", "c/d"}}[n] {
			e, err := at.Lookup(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			want[e.ID] = true
		}
	}
	o := NewObjects(repo)
	wanted := []Wanted{{Roots: []tree.ID{roots["1"]}, Paths: map[string]bool{"a/b/x": true, "a/none/x": true}},
		{Roots: []tree.ID{roots["2"]}, Paths: map[string]bool{"c/d/y": true}}, {}}
	for range 2 {
		if err := o.ReadFolders(t.Context(), wanted...); err != nil {
			t.Fatal(err)
		}
		for id := range want {
			if o.trees[id] == nil {
				t.Errorf("the folder %s was not read", id)
			}
		}
		if len(o.trees) != len(want) {
			t.Errorf("%d folders were read, want %d", len(o.trees), len(want))
		}
	}
	absent := tree.BlobID([]byte("nowhere"))
	if err := o.ReadFolders(t.Context(), Wanted{Roots: []tree.ID{absent}, Paths: wanted[0].Paths}); err == nil {
		t.Error("a folder that is nowhere was read")
	}
}
