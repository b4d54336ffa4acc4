package git_test

import (
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// missing has a file in the place of a folder later, and names that a pattern would match.
const missing = `commit 1 Begin
commit 2 Go on
-- 1/a/one.txt --
one
-- 1/a/b/two.txt --
two
-- 1/a-b/three.txt --
three
-- 1/[ab].txt --
four
-- 1/a.txt --
five
-- 2.rm --
a/b/two.txt
-- 2/a/b --
six
`

// TestMissing names the files of paths that a partial clone has not got, of each commit, and asks git for no walk over
// history with them.
func TestMissing(t *testing.T) {
	of, ids := gittest.Repo(t, missing)
	dir := t.TempDir()
	if _, err := of.Run(t.Context(), "config", "uploadpack.allowFilter", "true"); err != nil {
		t.Fatal(err)
	}
	if _, err := of.Net(t.Context(), nil, nil, "clone", "--quiet", "--bare", "--filter=blob:none", "file://"+of.Dir(),
		dir); err != nil {
		t.Fatal(err)
	}
	starts := gittest.Starts(t)
	repo, err := git.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	blob := func(text string) tree.ID { return tree.BlobID([]byte(text + "\n")) }
	absent := tree.ID("0123456789012345678901234567890123456789")
	for name, c := range map[string]struct {
		of   map[tree.ID][]string
		want []tree.ID
	}{
		"nothing":         {nil, nil},
		"a file":          {map[tree.ID][]string{ids["1"]: {"a/one.txt"}}, []tree.ID{blob("one")}},
		"a file below":    {map[tree.ID][]string{ids["1"]: {"a/b/two.txt"}}, []tree.ID{blob("two")}},
		"that became one": {map[tree.ID][]string{ids["2"]: {"a/b/two.txt", "a/b"}}, []tree.ID{blob("six")}},
		"a folder":        {map[tree.ID][]string{ids["1"]: {"a"}}, nil},
		"a pattern":       {map[tree.ID][]string{ids["1"]: {"[ab].txt"}}, []tree.ID{blob("four")}},
		"no such file": {map[tree.ID][]string{
			ids["1"]: {"none", "a/none", "a.txt/none", "none/none", "", "/", "a/"},
		}, nil},
		"no such commit": {map[tree.ID][]string{absent: {"a.txt"}}, nil},
		"of two commits": {map[tree.ID][]string{ids["1"]: {"a/b/two.txt", "a/b"}, ids["2"]: {"a/b", "a-b/three.txt"}},
			[]tree.ID{blob("two"), blob("three"), blob("six")}},
		"beside each other": {map[tree.ID][]string{ids["1"]: {"a/b/two.txt", "a-b/three.txt", "a/one.txt", "a.txt"}},
			[]tree.ID{blob("one"), blob("two"), blob("three"), blob("five")}},
	} {
		got, err := repo.MissingFiles(t.Context(), c.of)
		slices.Sort(got)
		slices.Sort(c.want)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, expected %v", name, got, err, c.want)
		}
	}
	for name, c := range map[string]struct{ paths, want []string }{
		"whole":                {nil, []string{"one", "two", "three", "four", "five"}},
		"a folder and a file":  {[]string{"a", "a.txt", "none"}, []string{"one", "two", "five"}},
		"a folder within them": {[]string{"a", "a/b", "a/b/two.txt"}, []string{"one", "two"}},
	} {
		var want []tree.ID
		for _, text := range c.want {
			want = append(want, blob(text))
		}
		slices.Sort(want)
		got, err := repo.Missing(t.Context(), ids["1"], c.paths...)
		slices.Sort(got)
		if got = slices.Compact(got); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, expected %v", name, got, err, want)
		}
	}
	if n := starts(" -- ") + starts(" --stdin"); n > 0 {
		t.Errorf("git walked over history for paths %d times, expected never", n)
	}
}
