package files

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// Usage returns how many bytes the regular files below a folder have; 0 if it does not exist.
func Usage(folder string) (total int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total, err
}
