package tree_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// TestDraft writes the same files into a tree and into a draft of it, and a fork of that: each path has the same file
// afterwards, and what cannot be written is refused alike.
func TestDraft(t *testing.T) {
	repo, ids := gittest.Repo(t, "commit 1 Begin\n-- 1/a.txt --\na\n-- 1/b/c.txt --\nc\n-- 1/b/d/e.txt --\ne\n")
	real, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"a.txt", "b", "b/c.txt", "b/d", "b/d/e.txt", "a.txt/x", "f/g/h", "f/g", "f", "b/d/e.txt/y"}
	r := rand.New(rand.NewPCG(1, 1))
	draft := real.Draft()
	written, refused := 0, 0
	for i := range 400 {
		switch r.IntN(20) {
		case 0:
			draft = draft.Fork()
		case 1:
			draft = draft.Draft()
		}
		files := map[string]*tree.File{}
		for range 1 + r.IntN(2) {
			var f *tree.File
			if r.IntN(3) > 0 {
				f = (&tree.File{Mode: tree.Regular, Data: fmt.Appendf(nil, "%d\n", r.IntN(4))})
				if r.IntN(2) == 0 {
					f = f.Named()
				}
			}
			files[names[r.IntN(len(names))]] = f
		}
		nextReal, err := real.With(t.Context(), files)
		nextDraft, wrong := draft.With(t.Context(), files)
		if fmt.Sprint(err) != fmt.Sprint(wrong) && len(files) == 1 { // of two, either may be named first
			t.Fatalf("step %d, %v: %v, in the draft: %v", i, files, err, wrong)
		}
		if (err == nil) != (wrong == nil) {
			t.Fatalf("step %d, %v: %v, in the draft: %v", i, files, err, wrong)
		}
		if err != nil {
			refused++
			continue
		}
		written++
		real, draft = nextReal, nextDraft
		compare(t, real, draft, names)
	}
	if written < 50 || refused < 50 {
		t.Errorf("%d written and %d refused prove little", written, refused)
	}
}

// compare holds what two trees have at paths against each other, read one by one and all at once.
func compare(t *testing.T, real, draft *tree.Tree, names []string) {
	t.Helper()
	each := map[string]bool{}
	for _, name := range names {
		each[name] = true
	}
	found, err := draft.LookupEach(t.Context(), maps.Keys(each))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		want, err := real.Lookup(t.Context(), name)
		got, wrong := draft.Lookup(t.Context(), name)
		if (err == nil) != (wrong == nil) || err != nil && !errors.Is(wrong, fs.ErrNotExist) {
			t.Fatalf("%s: %v, in the draft: %v", name, err, wrong)
		}
		if got.Mode != want.Mode || !got.Mode.IsFolder() && got != want {
			t.Fatalf("%s: %v, in the draft: %v", name, want, got)
		}
		if one, ok := found[name]; ok != (err == nil) || one != got {
			t.Fatalf("%s: %v, of many: %v", name, got, one)
		}
		if file, err := draft.ReadFile(t.Context(), name); err == nil && tree.BlobID(file.Data) != got.ID {
			t.Fatalf("%s: %q is not %s", name, file.Data, got.ID)
		}
	}
}
