package files

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// kinds are a folder with one of everything that a name can stand for.
func kinds(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "in")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(dir, 0o755))
	must(os.WriteFile(filepath.Join(top, "outside"), []byte("hidden"), 0o644))
	must(os.WriteFile(filepath.Join(dir, "plain"), []byte("text\n"), 0o644))
	must(os.WriteFile(filepath.Join(dir, "big"), bytes.Repeat([]byte("x"), 101), 0o644))
	must(os.WriteFile(filepath.Join(dir, "full"), bytes.Repeat([]byte("x"), 100), 0o644))
	must(os.Truncate(filepath.Join(dir, "plain"), 5))
	must(os.Mkdir(filepath.Join(dir, "folder"), 0o755))
	must(syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644))
	for name, to := range map[string]string{"zero": "/dev/zero", "out": "../outside",
		"absolute": filepath.Join(top, "outside"), "within": "plain",
		"loop": "loop", "nowhere": "missing", "proc": "/proc/self/environ", "up": "..", "tofifo": "pipe"} {
		must(os.Symlink(to, filepath.Join(dir, name)))
	}
	l, err := net.Listen("unix", filepath.Join(dir, "socket"))
	must(err)
	t.Cleanup(func() { l.Close() })
	return dir
}

func TestRead(t *testing.T) {
	dir := kinds(t)
	for _, c := range []struct{ name, want string }{
		{"plain", ""}, {"within", ""}, {"full", ""},
		{"big", "the file has 101 bytes, at most 100 are allowed"},
		{"folder", "expected a file, found a folder"},
		{"pipe", "expected a file, found a pipe"},
		{"tofifo", "expected a file, found a pipe"},
		{"socket", "expected a file, found a socket"},
		{"zero", "a symbolic link leads out of the folder"},
		{"out", "a symbolic link leads out of the folder"},
		{"absolute", "a symbolic link leads out of the folder"},
		{"proc", "a symbolic link leads out of the folder"},
		{"up/outside", "a symbolic link leads out of the folder"},
		{"../outside", "a symbolic link leads out of the folder"},
		{"loop", "symbolic links lead in a circle"},
		{"nowhere", "a symbolic link leads to a file that does not exist"},
		{"missing", "reading the file: no such file or directory"},
	} {
		_, err := Read(dir, c.name, 100)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Usage || f.Error() != c.name+": "+c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if missing := strings.Contains(c.want, "no such"); errors.Is(err, fs.ErrNotExist) != missing {
			t.Errorf("%s: is it missing? %v", c.name, err)
		}
		if strings.Contains(err.Error(), dir) {
			t.Errorf("%s: names the folder: %v", c.name, err)
		}
	}
}

func TestReadNamed(t *testing.T) {
	dir := kinds(t)
	if data, err := ReadNamed(filepath.Join(dir, "out"), "out", 100); err != nil || string(data) != "hidden" {
		t.Errorf("%q, %v", data, err)
	}
	for _, name := range []string{"zero", "pipe", "folder", "big"} {
		if _, err := ReadNamed(filepath.Join(dir, name), name, 100); fault.CodeOf(err) != fault.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat("/proc/self/maps"); err != nil {
		t.Skip("no /proc here: a file of size 0 with content cannot be tried")
	}
	if data, err := ReadNamed("/proc/self/maps", "maps", 1<<20); err != nil || len(data) == 0 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, err := ReadNamed("/proc/self/maps", "maps", 100); fault.CodeOf(err) != fault.Usage {
		t.Errorf("no limit for a file that claims to be empty: %v", err)
	}
}

func TestFolder(t *testing.T) {
	dir := kinds(t)
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := fs.ReadFile(f, "within"); err != nil || string(data) != "text\n" {
		t.Errorf("%q, %v", data, err)
	}
	for _, name := range []string{"pipe", "zero", "out", "socket", "up/outside"} {
		if _, err := fs.ReadFile(f, name); fault.CodeOf(err) != fault.Usage {
			t.Errorf("reading %s: %v", name, err)
		}
		if _, err := f.Open(name); fault.CodeOf(err) != fault.Usage {
			t.Errorf("opening %s: %v", name, err)
		}
	}
	if info, err := fs.Lstat(f, "out"); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("%v, %v", info, err)
	}
	if entries, err := fs.ReadDir(f, "."); err != nil || len(entries) != 15 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if _, err := OpenFolderIn(dir, "up"); fault.CodeOf(err) != fault.Usage {
		t.Errorf("a link out of the folder: %v", err)
	}
	if _, err := OpenFolderIn(dir, "folder"); err != nil {
		t.Error(err)
	}
}

// TestCheckFolder: nothing, a folder and a link to one within may stand at a name, and nothing else.
func TestCheckFolder(t *testing.T) {
	dir := kinds(t)
	if err := os.Symlink("folder", filepath.Join(dir, "tofolder")); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"missing": "", "folder": "", "tofolder": "",
		"plain":   "expected a folder, found a file",
		"pipe":    "expected a folder, found a pipe",
		"socket":  "expected a folder, found a socket",
		"zero":    "a symbolic link leads out of the folder",
		"up":      "a symbolic link leads out of the folder",
		"loop":    "symbolic links lead in a circle",
		"nowhere": "a symbolic link leads to a folder that does not exist",
	} {
		err := CheckFolder(dir, name)
		_, listing := f.ReadDir(name)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case want != "" && (fault.CodeOf(err) != fault.Usage || err.Error() != name+": "+want):
			t.Errorf("%s: %v, want %q", name, err, want)
		case want != "" && (listing == nil || errors.Is(listing, fs.ErrNotExist)):
			t.Errorf("listing %s: %v", name, listing)
		}
	}
}

// TestFolderOfMany: a folder has at most 20,000 entries.
func TestFolderOfMany(t *testing.T) {
	if testing.Short() {
		t.Skip("20,000 files")
	}
	dir := t.TempDir()
	for i := range maxEntries {
		if err := os.Symlink("x", filepath.Join(dir, strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := fs.ReadDir(f, "."); err != nil || len(entries) != maxEntries {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if err := os.Symlink("x", filepath.Join(dir, "more")); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadDir(f, "."); err == nil || !strings.Contains(err.Error(), "more than 20000 entries") {
		t.Errorf("one more: %v", err)
	}
}
