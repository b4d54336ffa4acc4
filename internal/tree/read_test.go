package tree_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// plain reads one object at a time, as tree.Objects must.
type plain struct{ tree.Objects }

// counted notes what is asked of a repository, which reads many at once.
type counted struct {
	*git.Repo
	one, many []tree.ID
}

func (c *counted) Blob(ctx context.Context, id tree.ID) ([]byte, error) {
	c.one = append(c.one, id)
	return c.Repo.Blob(ctx, id)
}

func (c *counted) Blobs(ctx context.Context, ids []tree.ID) (map[tree.ID][]byte, error) {
	c.many = append(c.many, ids...)
	return c.Repo.Blobs(ctx, ids)
}

func TestRead(t *testing.T) {
	_, tr := start(t)
	for name, want := range map[string]tree.File{
		"a.txt":    {Mode: tree.Regular, Data: []byte("one\n")},
		"lib/b.rb": {Mode: tree.Executable, Data: []byte("two\n")},
		"link":     {Mode: tree.Symlink, Data: []byte("a.txt")},
	} {
		if got, err := tr.ReadFile(t.Context(), name); err != nil || got.Mode != want.Mode ||
			string(got.Data) != string(want.Data) {
			t.Errorf("ReadFile(%q) = %v %q, %v, want %v %q", name, got.Mode, got.Data, err, want.Mode, want.Data)
		}
	}
	var path *fs.PathError
	if _, err := tr.ReadFile(t.Context(), "lib"); !errors.As(err, &path) {
		t.Errorf("a folder read as a file: %v", err)
	}
	if _, err := tr.ReadDir(t.Context(), "a.txt"); !errors.As(err, &path) {
		t.Errorf("a file read as a folder: %v", err)
	}
	for name, want := range map[string][]string{"": {"a.txt", "lib-x", "lib", "link"}, "lib": {"b.rb", "deep"}} {
		entries, err := tr.ReadDir(t.Context(), name)
		var got []string
		for _, e := range entries {
			got = append(got, e.Name)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("ReadDir(%q) = %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestWalkSkips(t *testing.T) {
	_, tr := start(t)
	for at, want := range map[string][]string{"lib": {"a.txt", "lib-x", "lib", "link"},
		"lib/deep": {"a.txt", "lib-x", "lib", "lib/b.rb", "lib/deep", "link"}} {
		var got []string
		err := tr.Walk(t.Context(), func(name string, _ tree.Entry) error {
			if got = append(got, name); name == at {
				return fs.SkipDir
			}
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("without %s: %q, %v, want %q", at, got, err, want)
		}
	}
	seen := 0
	if err := tr.Walk(t.Context(), func(string, tree.Entry) error { seen++; return fs.SkipAll }); err != nil || seen != 1 {
		t.Errorf("SkipAll: %d entries, %v", seen, err)
	}
}

// TestReadAhead asks for every stored blob once, whatever is missing among them, and never again one at a time.
func TestReadAhead(t *testing.T) {
	repo, stored := start(t)
	src := &counted{Repo: repo}
	tr, err := tree.At(src, stored.Root()).With(t.Context(), map[string]*tree.File{"new": file("new\n")})
	if err != nil {
		t.Fatal(err)
	}
	one, two, fresh, none := tree.BlobID([]byte("one\n")), tree.BlobID([]byte("two\n")), tree.BlobID([]byte("new\n")),
		tree.BlobID([]byte("nowhere"))
	for range 2 {
		if err := tr.ReadAhead(t.Context(), []tree.ID{one, fresh, two, one}); err != nil {
			t.Fatal(err)
		}
	}
	if want := []tree.ID{one, two}; !slices.Equal(src.many, want) {
		t.Errorf("asked for %q, want %q", src.many, want)
	}
	for id, want := range map[tree.ID]string{one: "one\n", two: "two\n", fresh: "new\n"} {
		if data, err := tr.Blob(t.Context(), id); err != nil || string(data) != want {
			t.Errorf("%s is %q, %v", id.Short(), data, err)
		}
	}
	if len(src.one) > 0 {
		t.Errorf("asked again for %q", src.one)
	}
	if err := tr.ReadAhead(t.Context(), []tree.ID{none}); err != nil {
		t.Errorf("a missing blob is told to whoever needs it: %v", err)
	}
	if _, err := tr.Blob(t.Context(), none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing blob: %v", err)
	}
	if err := tree.At(plain{repo}, stored.Root()).ReadAhead(t.Context(), []tree.ID{none}); err != nil {
		t.Errorf("where only one can be read at a time: %v", err)
	}
}

func TestSizes(t *testing.T) {
	repo, stored := start(t)
	for name, src := range map[string]tree.Objects{"told": repo, "read": plain{repo}} {
		tr, err := tree.At(src, stored.Root()).With(t.Context(), map[string]*tree.File{"new": file("new lines\n")})
		if err != nil {
			t.Fatal(err)
		}
		one, fresh := tree.BlobID([]byte("one\n")), tree.BlobID([]byte("new lines\n"))
		for _, ids := range [][]tree.ID{{one, fresh, one}, {fresh}} {
			want := map[tree.ID]int64{one: 4, fresh: 10}
			if len(ids) == 1 {
				delete(want, one)
			}
			if got, err := tr.Sizes(t.Context(), ids); err != nil || !maps.Equal(got, want) {
				t.Errorf("%s: %v, %v, want %v", name, got, err, want)
			}
		}
	}
}

// TestObjectsOnce stores a content that stands at two paths once, and each folder after what it holds.
func TestObjectsOnce(t *testing.T) {
	repo, stored := start(t)
	tr,
		err := stored.With(t.Context(), map[string]*tree.File{"p/x": file("same\n"), "q/x": file("same\n"),
		"r": file("same\n")})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := tr.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, o := range objects {
		kinds = append(kinds, o.Type)
	}
	if want := []string{"blob", "tree", "tree"}; !slices.Equal(kinds, want) || objects[2].ID != tr.Root() {
		t.Errorf("%q, want %q with the root last", kinds, want)
	}
	if _, err := tr.With(t.Context(), map[string]*tree.File{"p/x": nil}); err != nil { // and leaves it usable
		t.Error(err)
	}
	empty, err := tree.At(repo, tree.Empty).With(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if objects, err := empty.Objects(t.Context()); err != nil || len(objects) != 1 ||
		objects[0].ID != tree.NewObject("tree", nil).ID {
		t.Errorf("the empty tree: %v, %v", objects, err)
	}
}
