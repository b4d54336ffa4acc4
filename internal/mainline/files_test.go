package mainline_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// TestContents: the files at some commits of a line are those of their trees, whichever the commits and the paths are:
// a file that comes, changes, goes and comes back, becomes a link, a folder, executable.
func TestContents(t *testing.T) {
	repo, ids := gittest.Repo(t, `commit 1 One
commit 2 Two
commit 3 Three
commit 4 Four
commit 5 Five
commit 6 Six
-- 1/a --
one
-- 1/d/b --
b
-- 2/a --
two
-- 3.rm --
a
-- 3/d/c --
c
-- 4/a/x --
a folder
-- 4.x --
d/b
-- 5.rm --
a/x
-- 5.ln --
a d/c
-- 6/a --
one
`)
	u := mainline.Upstream{Repo: repo}
	line, err := u.Read(t.Context(), "", ids["6"])
	if err != nil || len(line) != 6 {
		t.Fatalf("%d commits, %v", len(line), err)
	}
	for _, names := range [][]string{
		{"a"}, {"a", "d/b"}, {"a/x", "a"}, {"d/c", "nowhere"}, {"a", "a/x", "d", "d/b", "d/c"},
	} {
		paths := map[string]bool{}
		for _, name := range names {
			paths[name] = true
		}
		for set := range 1 << len(line) {
			var at []int
			want := map[tree.ID]bool{}
			for i := range line {
				if set&(1<<i) == 0 {
					continue
				}
				at = append([]int{i}, at...) // in any order
				files, err := mainline.ReadFiles(t.Context(), tree.At(repo, line[i].Tree), paths)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range files {
					want[v.ID] = true
				}
			}
			got, err := line.Contents(t.Context(), repo, at, paths)
			if err != nil || !maps.Equal(got, want) {
				t.Fatalf("%v at %v: %v, want %v (%v)", names, at, got, want, err)
			}
		}
	}
}

// TestKey has keys that the disk keeps: they are what they were, whichever other paths are watched, and each mode,
// content and path counts.
func TestKey(t *testing.T) {
	id := tree.BlobID
	files := mainline.Files{"b": {Mode: tree.Regular, ID: id([]byte("b"))},
		"a/c": {Mode: tree.Symlink, ID: id([]byte("c"))}}
	text := fmt.Sprintf("a/c\x00%o %s\x00b\x00%o %s\x00", tree.Symlink, id([]byte("c")), tree.Regular, id([]byte("b")))
	sum := sha256.Sum256([]byte(text))
	want := fmt.Sprintf("%x", sum[:16])
	if got := files.Key(); got != want {
		t.Errorf("the key is %s, want %s", got, want)
	}
	if got := files.KeyAmong([]string{"a", "a/c", "b", "d"}); got != want {
		t.Errorf("the key among more paths is %s, want %s", got, want)
	}
	keys := []string{want, mainline.Files{}.Key()}
	for _, other := range []mainline.Files{
		{"b": files["b"]},
		{"b": files["b"], "a/d": files["a/c"]},
		{"b": {Mode: tree.Executable, ID: files["b"].ID}, "a/c": files["a/c"]},
		{"b": {Mode: tree.Regular, ID: files["a/c"].ID}, "a/c": files["a/c"]},
	} {
		keys = append(keys, other.Key())
	}
	slices.Sort(keys)
	if len(slices.Compact(keys)) != 6 {
		t.Errorf("two states have one key: %q", keys)
	}
}
