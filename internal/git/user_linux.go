package git

import (
	"os"

	"golang.org/x/sys/unix"
)

// unnamed makes a file in memory, which no kill leaves behind: it may hold a header with a token. Who inherits it as
// file 4 reads it by the name.
func unnamed(what string) (file *os.File, name string, remove func(), err error) {
	fd, err := unix.MemfdCreate(what, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, "", nil, err
	}
	file = os.NewFile(uintptr(fd), what)
	return file, "/proc/self/fd/4", func() { _ = file.Close() }, nil
}
