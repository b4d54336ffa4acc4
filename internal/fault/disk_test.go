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
			Err: syscall.ENOSPC}: " MB are free; free what can be fetched or built again: ",
		New(Retry, "fetching: %w", syscall.EDQUOT):                                 "the disk of " + dir + " is full",
		&fs.PathError{Op: "open", Path: "x", Err: syscall.EROFS}:                   "cannot be written",
		fmt.Errorf("making: %w", &os.LinkError{Op: "rename", Err: syscall.EACCES}): "make " + dir + " writable",
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
