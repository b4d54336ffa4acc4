package patchimport

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/tree"
)

// TestBesideFiles takes what lies beside a script into its sandbox, and names what it leaves out: a link and a
// file of more than 16 MB. More than 64 MB are refused before they are read.
func TestBesideFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, mode os.FileMode, size int64) {
		file := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = os.WriteFile(file, []byte("x"), mode)
		}
		if err == nil && size > 0 {
			err = os.Truncate(file, size)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write("patch.sh", 0o755, 0)
	write("more/words.txt", 0o644, 0)
	write("more/log", 0o644, 22<<20)
	write(".git/config", 0o644, 0)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	files, leftOut, err := besideFiles(os.DirFS(dir))
	if want := []string{"link (a symbolic link)", "more/log (too large)"}; err != nil || !slices.Equal(leftOut, want) {
		t.Fatalf("left out %q, %v; want %q", leftOut, err, want)
	}
	if len(files) != 2 || files["patch.sh"].Mode != tree.Executable || string(files["more/words.txt"].Data) != "x" {
		t.Errorf("%d files: %v", len(files), files)
	}
	for _, name := range []string{"1", "2", "3", "4", "5"} {
		write("large/"+name, 0o644, 15<<20)
	}
	_, _, err = besideFiles(os.DirFS(dir))
	if err == nil || !strings.Contains(err.Error(), "more than 2000 files or 64 MB") {
		t.Errorf("75 MB: %v", err)
	}
}
