// Package files reads the files of a distribution or an import, within limits: only regular files, up to a stated
// size, and no link that leads out of the folder. Errors name the file and never its content.
package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/howdah/howdah/internal/fault"
)

// Limits of single files, in bytes. docs/safety.md states them.
const (
	MaxSmall   = 1 << 20  // howdah.toml, VERSION, watch.lock, bases.lock, a Dockerfile, a file of certificates
	MaxLock    = 16 << 20 // series.lock
	MaxChange  = 16 << 20 // a file of a folder of changes
	MaxImport  = 16 << 20 // a mailbox, a patch or a script to import
	MaxResult  = 64 << 20 // what a target left under dist/
	maxEntries = 20_000   // of one folder
)

// Read reads the file name below the folder dir. A link is followed only as far as it stays below dir.
func Read(dir, name string, limit int64) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, plain(name, err)
	}
	defer root.Close()
	return readIn(root, name, limit)
}

// ReadAt reads a file by its path; links are followed only within the file's own folder.
func ReadAt(path string, limit int64) ([]byte, error) { return ReadAs(path, path, limit) }

// ReadAs is ReadAt with another name for errors, such as the path as it was typed.
func ReadAs(path, shown string, limit int64) ([]byte, error) {
	data, err := Read(filepath.Dir(path), filepath.Base(path), limit)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return data, f.At(shown, 0)
	}
	return data, err
}

// ReadNamed reads a file that a person or the environment named; errors use shown, the path as it was typed. Links
// are followed wherever they lead.
func ReadNamed(path, shown string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, plain(shown, err)
	}
	return readAll(f, shown, limit)
}

func readIn(root *os.Root, name string, limit int64) ([]byte, error) {
	f, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) { // callers treat this as: there is none
		if info, linkErr := root.Lstat(filepath.FromSlash(name)); linkErr == nil && info.Mode()&fs.ModeSymlink != 0 {
			return nil, refuse(name, "a symbolic link leads to a file that does not exist").
				WithHint("put the file itself there")
		}
	}
	if err != nil {
		return nil, plain(name, err)
	}
	return readAll(f, name, limit)
}

// putFile is the hint if something that is not a file has the name.
const putFile = "remove what has this name, or put the file there"

// readAll reads an open file and closes it. The file must be opened with O_NONBLOCK, since a pipe would wait for a
// writer.
func readAll(f *os.File, name string, limit int64) ([]byte, error) {
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, plain(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, refuse(name, "expected a file, found %s", Describe(info.Mode())).WithHint("%s", putFile)
	}
	if info.Size() > limit {
		return nil, refuse(name, "the file has %d bytes, at most %d are allowed", info.Size(), limit)
	}
	data := make([]byte, 0, info.Size()+1)
	for { // a file of /proc has size 0 and yet a content
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case int64(len(data)) > limit:
			return nil, refuse(name, "the file has more than %d bytes, which is the limit", limit)
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, plain(name, err)
		case len(data) == cap(data):
			data = append(data, make([]byte, len(data)+512)...)[:len(data)]
		}
	}
}

// Describe names a kind of file that is not read.
func Describe(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "a file"
}

func refuse(name, format string, args ...any) *fault.Error {
	return fault.New(fault.Usage, format, args...).At(name, 0)
}

// plain removes the folder's path from an error: the reader knows the name, and the paths of this machine are
// private.
func plain(name string, err error) error {
	cause := err
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		cause = path.Err
	}
	switch {
	case strings.Contains(cause.Error(), "escapes from parent"):
		return refuse(name, "a symbolic link leads out of the folder").WithHint("put the file itself there")
	case errors.Is(cause, syscall.ELOOP):
		return refuse(name, "symbolic links lead in a circle").WithHint("put the file itself there")
	case errors.Is(cause, syscall.ENXIO):
		return refuse(name, "expected a file, found a socket").WithHint("%s", putFile)
	}
	return refuse(name, "reading the file: %w", cause)
}
