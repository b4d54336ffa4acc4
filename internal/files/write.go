package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"

	"github.com/howdah/howdah/internal/fault"
)

// Write creates or replaces a file and creates the folders above it. A file that is there keeps its content until the
// new one is complete. The error of a full disk, or of a file where a folder is needed, has a hint.
func Write(path string, data []byte) error {
	return WriteFrom(path, func(f *os.File) error {
		if _, err := f.Write(data); err != nil {
			return unwritten(path, err)
		}
		return nil
	})
}

// WriteCheaply is Write, of parts one after the other, for a file that may be lost or empty after a power failure: a
// cache whose reader checks it.
func WriteCheaply(path string, parts ...string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return unwritten(path, err)
	}
	f, err := os.CreateTemp(folder, "."+filepath.Base(path))
	if err != nil {
		return unwritten(path, err)
	}
	for _, part := range parts {
		if _, err = f.WriteString(part); err != nil {
			break
		}
	}
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(unwritten(path, err), os.Remove(f.Name()))
	}
	return nil
}

func unwritten(path string, err error) error {
	return fault.Disk(fault.New(fault.Other, "writing %q: %w", path, err), filepath.Dir(path))
}

// WriteFrom is Write for a content that is too large for memory: fill writes to a file that replaces the one at path
// if fill returns no error. An error of fill is returned as it is.
func WriteFrom(path string, fill func(*os.File) error) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return unwritten(path, err)
	}
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(folder), renameio.WithPermissions(0o644),
		renameio.WithExistingPermissions())
	if err != nil {
		return unwritten(path, err)
	}
	defer f.Cleanup() //nolint:errcheck // does nothing once the file has its name
	if err := fill(f.File); err != nil {
		return err
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return unwritten(path, err)
	}
	if err := SyncFolder(folder); err != nil {
		return unwritten(path, err)
	}
	return nil
}

// SyncFolder makes a folder's entries survive a power failure, if its file system can do that.
func SyncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrInvalid) {
		return err
	}
	return nil
}
