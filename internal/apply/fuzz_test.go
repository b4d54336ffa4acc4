package apply_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// FuzzPatch: any patch on a small tree is refused, fails, or writes safe paths only.
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
			if strings.HasSuffix(one.Name, ".patch") || strings.HasSuffix(one.Name, ".diff") {
				f.Add(one.Data)
			}
		}
	}
	mem := applytest.NewStore()
	base := mem.Put(f, map[string]*tree.File{
		"f":            {Mode: tree.Regular, Data: []byte("one\ntwo\nthree\n")},
		"f.txt":        {Mode: tree.Regular, Data: []byte("one\n")},
		"app/list.txt": {Mode: tree.Executable, Data: []byte("line 1\nline 2\nline 3\n")},
		"link":         {Mode: tree.Symlink, Data: []byte("app")},
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := series.Load([]series.Folder{{Name: "patches", FS: fstest.MapFS{"x.patch": {Data: data}}}})
		if err != nil {
			return
		}
		r, err := apply.Apply(t.Context(), s, apply.Inputs{Base: base})
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
			if refused := safety.CheckPath(name, nil); refused != nil {
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
