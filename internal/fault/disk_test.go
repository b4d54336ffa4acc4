package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	for err, hint := range map[error]string{
		&fs.PathError{Op: "write", Path: "x",
			Err: syscall.ENOSPC}: " MB are free: make room there; if ",
		New(Retry, "fetching: %w", syscall.EDQUOT):                                 "the disk of " + dir + " is full",
		&fs.PathError{Op: "open", Path: "x", Err: syscall.EROFS}:                   "cannot be written",
		fmt.Errorf("making: %w", &os.LinkError{Op: "rename", Err: syscall.EACCES}): "make " + dir + " writable",
		&fs.PathError{Op: "mkdir", Path: "x", Err: syscall.ENOTDIR}:                "has to be a folder",
		errors.New("something else"):                                               "",
	} {
		told := Disk(err, dir)
		if got := HintOf(told).String(); !strings.Contains(got, hint) || (hint == "") != (got == "") {
			t.Errorf("%v: hint %q, want %q in it", err, got, hint)
		}
		if told.Error() != err.Error() || CodeOf(told) != CodeOf(err) || !errors.Is(told, err) {
			t.Errorf("%v became %v, code %d", err, told, CodeOf(told))
		}
	}
	if Disk(nil, dir) != nil {
		t.Error("an error of nothing")
	}
}

// TestTemporary names TMPDIR where temporary files cannot be written, and nothing where another thing went wrong.
func TestTemporary(t *testing.T) {
	for _, err := range []error{syscall.ENOSPC, syscall.EROFS, syscall.EACCES, syscall.ENOENT, syscall.ENOTDIR} {
		told := Temporary(New(Other, "making a folder: %w", &fs.PathError{Op: "mkdir", Path: "/tmp/x", Err: err}))
		if hint := HintOf(told).String(); !strings.Contains(hint, "/tmp/x; set TMPDIR") || CodeOf(told) != Other {
			t.Errorf("%v: hint %q, code %d", err, hint, CodeOf(told))
		}
	}
	if other := errors.New("something else"); Temporary(other) != other {
		t.Error("an error of another kind is changed")
	}
}
