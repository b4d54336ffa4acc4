package tree_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

const archive = `commit 1 Begin
-- 1/a.txt --
one
-- 1/lib/b.rb --
two
-- 1/lib/deep/c.rb --
three
-- 1/lib-x --
sorts before lib/ in git's order
-- 1.x --
lib/b.rb
-- 1.ln --
link a.txt
`

func file(s string) *tree.File { return &tree.File{Mode: tree.Regular, Data: []byte(s)} }

func start(t *testing.T) (*git.Repo, *tree.Tree) {
	t.Helper()
	repo, ids := gittest.Repo(t, archive)
	tr, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	return repo, tr
}

// TestWithAgainstGit stores what With makes and asks git what it is.
func TestWithAgainstGit(t *testing.T) {
	repo, tr := start(t)
	next, err := tr.With(t.Context(), map[string]*tree.File{
		"a.txt": file("1\n"), "lib/deep/c.rb": nil, "lib/new/d": file("4\n"), "link": nil,
		"lib/b.rb": {Mode: tree.Executable, Data: []byte("two\n")}, // as it was
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(next.Changed(), " "), "a.txt lib/deep/c.rb lib/new/d link"; got != want {
		t.Errorf("Changed() = %q, want %q", got, want)
	}
	objects, err := next.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Write(t.Context(), objects); err != nil {
		t.Fatal(err)
	}
	out, err := repo.Run(t.Context(), "ls-tree", "-r", string(next.Root()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		mode, name, _ := strings.Cut(strings.TrimSpace(line), " blob ")
		_, name, _ = strings.Cut(name, "\t")
		names = append(names, mode+" "+name)
	}
	want := []string{"100644 a.txt", "100644 lib-x", "100755 lib/b.rb", "100644 lib/new/d"}
	if !slices.Equal(names, want) {
		t.Errorf("git sees %q, want %q", names, want)
	}
	if out, err := repo.Run(t.Context(), "fsck", "--strict", "--no-dangling"); err != nil {
		t.Errorf("git fsck: %v\n%s", err, out)
	}
}

func TestWithIsImmutableAndReversible(t *testing.T) {
	_, tr := start(t)
	before := tr.Root()
	next, err := tr.With(t.Context(), map[string]*tree.File{"a.txt": file("other\n"), "z/y/x": file("deep\n")})
	if err != nil {
		t.Fatal(err)
	}
	if tr.Root() != before || next.Root() == before {
		t.Fatalf("roots %s and %s from %s", tr.Root(), next.Root(), before)
	}
	back, err := next.With(t.Context(), map[string]*tree.File{"a.txt": file("one\n"), "z/y/x": nil})
	if err != nil {
		t.Fatal(err)
	}
	if back.Root() != before || len(back.Changed()) != 0 {
		t.Errorf("back at %s with changes %q, want %s and none", back.Root(), back.Changed(), before)
	}
}

func TestWithRefuses(t *testing.T) {
	_, tr := start(t)
	for name, c := range map[string]struct {
		files map[string]*tree.File
		want  error
	}{
		"file below a file":   {map[string]*tree.File{"a.txt/x": file("")}, tree.ErrClash},
		"file over a folder":  {map[string]*tree.File{"lib": file("")}, tree.ErrClash},
		"remove nothing":      {map[string]*tree.File{"nothing": nil}, fs.ErrNotExist},
		"remove a folder":     {map[string]*tree.File{"lib": nil}, fs.ErrNotExist},
		"leave the tree":      {map[string]*tree.File{"../x": file("")}, fs.ErrInvalid},
		"absolute":            {map[string]*tree.File{"/x": file("")}, fs.ErrInvalid},
		"unclean":             {map[string]*tree.File{"a//b": file("")}, fs.ErrInvalid},
		"below a link's name": {map[string]*tree.File{"link/x": file("")}, tree.ErrClash},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tr.With(t.Context(), c.files); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if _, err := tr.With(t.Context(), map[string]*tree.File{"a.txt": nil, "a.txt/x": file("")}); err != nil {
		t.Errorf("a file that makes room for a folder: %v", err)
	}
}

func TestWalkAndLookupAgree(t *testing.T) {
	_, tr := start(t)
	var names []string
	err := tr.Walk(t.Context(), func(name string, e tree.Entry) error {
		names = append(names, name)
		if got, err := tr.Lookup(t.Context(), name); err != nil || got != e {
			t.Errorf("Lookup(%q) = %v, %v, Walk gave %v", name, got, err, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.txt", "lib-x", "lib", "lib/b.rb", "lib/deep", "lib/deep/c.rb", "link"}
	if !slices.Equal(names, want) {
		t.Errorf("Walk gave %q, want %q", names, want)
	}
	if _, err := tr.Lookup(t.Context(), "link/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("through a link: %v", err)
	}
}

func TestCompare(t *testing.T) {
	_, tr := start(t)
	next, err := tr.With(t.Context(), map[string]*tree.File{"lib/deep/c.rb": nil, "lib/deep/c.rb/now": file("a folder\n"),
		"a.txt": {Mode: tree.Executable, Data: []byte("one\n")}})
	if err != nil {
		t.Fatal(err)
	}
	deltas, err := tree.Compare(t.Context(), tr, next)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range deltas {
		got = append(got, d.Path+" "+d.Old.Mode.String()+" "+d.New.Mode.String())
	}
	want := []string{"a.txt 100644 100755", "lib/deep/c.rb 100644 000000", "lib/deep/c.rb/now 000000 100644"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
