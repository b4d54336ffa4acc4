package suite

import (
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"syscall"
)

// inMemory is where Linux has a file system in memory.
const inMemory = "/dev/shm"

// enough is how many bytes have to be free there: tests use less than 200 MB at once.
const enough = 2 << 30

// From linux/magic.h and linux/statfs.h.
const (
	tmpfsMagic = 0x01021994
	noExec     = 0x0008
)

// memoryFolder is a folder in memory for the temporary files of a checkout's tests, held until release is called, which
// empties it. Its name is the same each time, and each checkout has its own, so that a run in another one does not take
// it: go takes the result of a test from its cache only where TMPDIR is the same. "" is that there is none: no such
// file system, too small, one that runs no programs, or in use by another run.
func memoryFolder(checkout string) (dir string, release func()) {
	return memoryFolderAt(inMemory, memoryName(checkout))
}

func memoryName(checkout string) string {
	return fmt.Sprintf("howdah-tests-%d-%08x", os.Getuid(), crc32.ChecksumIEEE([]byte(checkout)))
}

func memoryFolderAt(below, name string) (dir string, release func()) {
	nothing := func() {}
	var fs syscall.Statfs_t
	if syscall.Statfs(below, &fs) != nil || int64(fs.Type) != tmpfsMagic || int64(fs.Flags)&noExec != 0 ||
		int64(fs.Bavail)*fs.Bsize < enough {
		return "", nothing
	}
	dir = filepath.Join(below, name)
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return "", nothing
	}
	f, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return "", nothing
	}
	info, err := f.Stat()
	owner, ok := info.Sys().(*syscall.Stat_t)
	if err != nil || !ok || int(owner.Uid) != os.Getuid() || info.Mode().Perm() != 0o700 ||
		syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		f.Close()
		return "", nothing
	}
	empty(dir)
	return dir, func() {
		empty(dir)
		f.Close()
	}
}

// empty removes what is in a folder, as far as that can be removed.
func empty(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		_ = os.RemoveAll(filepath.Join(dir, e.Name()))
	}
}
