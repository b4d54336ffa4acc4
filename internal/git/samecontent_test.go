package git

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/howdah/howdah/internal/tree"
)

// TestSameContent: a file is compared with a blob as far as a blob may be long; a pipe is not waited for.
func TestSameContent(t *testing.T) {
	in := func(name string) string { return filepath.Join(t.TempDir(), name) }
	plain, link, pipe, long := in("plain"), in("link"), in("pipe"), in("long")
	for _, err := range []error{os.WriteFile(plain, []byte("text\n"), 0o644), os.Symlink("text\n", link),
		syscall.Mkfifo(pipe, 0o600), os.WriteFile(long, nil, 0o644), os.Truncate(long, 1<<40)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	id := tree.BlobID([]byte("text\n"))
	for file, want := range map[string]bool{plain: true, link: true, pipe: false, long: false, in("absent"): false} {
		if got := sameContent(file, id); got != want {
			t.Errorf("%s: got %v, expected %v", filepath.Base(file), got, want)
		}
	}
	if sameContent(plain, tree.BlobID(nil)) {
		t.Error("another content is the same")
	}
}
