package serieswriter

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
)

// TestPreview: a preview lists and reads like the folder after writing.
func TestPreview(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode fs.FileMode) {
		t.Helper()
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"series.toml", "a.patch", "overlays/x/y/z", "overlays/k/kept", "overlays/k/gone"} {
		write(name, "old "+name, 0o644)
	}
	p := preview{FS: os.DirFS(dir), changes: map[string]*planned{}}
	for name, text := range map[string]string{"series.toml": "new", "b.patch": "b", "overlays/n/m/file": "file",
		"overlays/k/run": "run"} {
		mode := fs.FileMode(0o644)
		if path.Base(name) == "run" {
			mode = 0o755
		}
		p.set(name, []byte(text), mode)
	}
	gone := []string{"a.patch", "overlays/x/y/z", "overlays/k/gone", "never/there"}
	for _, name := range gone {
		p.set(name, nil, 0)
	}
	planned := walk(t, p)
	for name, f := range p.changes {
		if f.data != nil {
			_ = os.Remove(filepath.Join(dir, name))
			write(name, string(f.data), f.mode)
		}
	}
	for _, name := range gone {
		_ = os.Remove(filepath.Join(dir, name))
		for up := path.Dir(name); up != "."; up = path.Dir(up) {
			_ = os.Remove(filepath.Join(dir, up)) // fails if something is in it
		}
	}
	if written := walk(t, os.DirFS(dir)); !slices.Equal(planned, written) {
		t.Errorf("planned %q\nwritten %q", planned, written)
	}
}

// walk returns every file and folder, with its mode and content.
func walk(t *testing.T, fsys fs.FS) (all []string) {
	t.Helper()
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		data := []byte(nil)
		if !e.IsDir() {
			if data, err = fs.ReadFile(fsys, name); err != nil {
				return err
			}
		}
		info, err := fs.Lstat(fsys, name)
		if err != nil || info.IsDir() != e.IsDir() {
			return fmt.Errorf("%s: %v, %w", name, info, err)
		}
		all = append(all, fmt.Sprintf("%s %v %q", name, info.Mode()&0o700, data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
