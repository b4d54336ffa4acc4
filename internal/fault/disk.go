package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
)

// Disk gives an error that came of writing below dir its hint, where the disk is to blame: it is full, or closed to us.
func Disk(err error, dir string) error {
	hint := ""
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = Full(dir)
	case errors.Is(err, syscall.EROFS):
		hint = fmt.Sprintf("%s is on a file system that cannot be written; HOWDAH_CACHE and HOWDAH_CONFIG name folders elsewhere", dir)
	case errors.Is(err, fs.ErrPermission):
		hint = fmt.Sprintf("make %s writable for this user; HOWDAH_CACHE and HOWDAH_CONFIG name folders elsewhere", dir)
	default:
		return err
	}
	return New(CodeOf(err), "%w", err).WithHint("%s", hint)
}

// Full is the hint of who finds no room left below dir.
func Full(dir string) string {
	const next = "make room: go tool mage cache:prune -all frees what can be had again"
	free, err := Free(dir)
	if err != nil {
		return "the disk of " + dir + " is full; " + next
	}
	return fmt.Sprintf("the disk of %s is full, %.1f MB are free; %s", dir, float64(free)/1e6, next)
}

// Free is how many bytes are free on the disk of dir, or of the nearest folder above it that exists.
func Free(dir string) (int64, error) {
	var stat syscall.Statfs_t
	for at := dir; ; at = filepath.Dir(at) {
		err := syscall.Statfs(at, &stat)
		if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("asking for the free disk at %q: %w", dir, err)
		}
		return int64(stat.Bavail) * stat.Bsize, nil //nolint:unconvert // its type differs between systems
	}
}
