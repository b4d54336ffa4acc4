package patch

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/tree"
)

// FuzzSeries shows that no series.toml makes Load panic, that what it takes has safe paths only, and that what is
// written of it reads back as the same change.
func FuzzSeries(f *testing.F) {
	for _, dir := range []string{"series", "apply", "refused"} {
		files, err := filepath.Glob("testdata/" + dir + "/*.txtar")
		if err != nil || len(files) == 0 {
			f.Fatal(dir, err)
		}
		for _, file := range files {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, one := range archive.Files {
				if one.Name == "patches/series.toml" {
					f.Add(one.Data)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fs := fstest.MapFS{"series.toml": {Data: data}}
		s, err := Load([]Folder{{"patches", fs}})
		if err != nil {
			return
		}
		for _, c := range s.Changes {
			if c.Refused != nil || c.Kind == KindOverlay && c.Overlay.Local != nil {
				continue
			}
			for _, e := range c.Edits {
				if refused := checkPath(e.File, c.Allow); refused != nil {
					t.Fatal(refused)
				}
				spans := e.find(data)
				e.replace(data, spans)
			}
			again, err := Load([]Folder{{"patches", fstest.MapFS{"series.toml": {Data: c.Text()}}}})
			if err != nil {
				t.Fatalf("%v\n%s", err, c.Text())
			}
			b := again.Changes[0]
			if b.Sum != c.Sum || b.Name != c.Name || b.Why != c.Why || b.Window != c.Window || b.For.String() != c.For.String() {
				t.Fatalf("%+v became %+v\n%s", c, b, c.Text())
			}
		}
	})
}

// FuzzLock shows that what ParseLock takes is written as what it reads.
func FuzzLock(f *testing.F) {
	f.Add((&Lock{Commit: pinned, Changes: []Locked{{Name: "x", Sum: sum, Commit: accepts, Paths: []LockedPath{{"a/b", "", accepts}}}}}).Format())
	f.Add([]byte("upstream = \"1111111111111111111111111111111111111111\"\nchange = [ { name = \"x\" } ]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ParseLock("series.lock", data)
		if err != nil {
			return
		}
		text := l.Format()
		again, err := ParseLock("series.lock", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !bytes.Equal(again.Format(), text) {
			t.Fatalf("%s\nbecame\n%s", text, again.Format())
		}
	})
}

// FuzzPatch applies any patch to a small tree: it is refused, fails, or writes nothing but safe paths.
func FuzzPatch(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, one := range txtar.Parse(data).Files {
			if isPatch(one.Name) {
				f.Add(one.Data)
			}
		}
	}
	mem := newMemory()
	base := mem.tree(f, map[string]*tree.File{
		"f":            {Mode: tree.Regular, Data: []byte("one\ntwo\nthree\n")},
		"f.txt":        {Mode: tree.Regular, Data: []byte("one\n")},
		"app/list.txt": {Mode: tree.Executable, Data: []byte("line 1\nline 2\nline 3\n")},
		"link":         {Mode: tree.Symlink, Data: []byte("app")},
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Load([]Folder{{"patches", fstest.MapFS{"x.patch": {Data: data}}}})
		if err != nil {
			return
		}
		r, err := s.Apply(t.Context(), Inputs{Base: base})
		if err != nil {
			t.Fatal(err)
		}
		o := r.Outcomes[0]
		if !o.Verdict.Applies() {
			if r.Tree.Root() != base.Root() {
				t.Fatalf("%s, and the tree changed", o.Verdict)
			}
			return
		}
		if r.Tree.Root() == base.Root() {
			t.Fatalf("%s, and the tree did not change", o.Verdict)
		}
		for _, name := range r.Tree.Changed() {
			if refused := checkPath(name, nil); refused != nil {
				t.Fatal(refused)
			}
		}
		err = r.Tree.Walk(t.Context(), func(name string, e tree.Entry) error {
			if e.Mode != tree.Folder && e.Mode != tree.Regular && e.Mode != tree.Executable && e.Mode != tree.Symlink {
				t.Fatalf("%s has mode %s", name, e.Mode)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
