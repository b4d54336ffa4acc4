package builder

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/howdah/howdah/internal/fault"
)

// NeedFree is the free disk below which no build begins: a web image with its stages takes some 3 GB, and a build that
// fills the disk takes other programs with it.
const NeedFree = 3 << 30

// Room refuses where less than NeedFree is free on the disk of dir, or of the nearest folder above it that exists.
func Room(dir string) error {
	var stat syscall.Statfs_t
	for at := dir; ; at = filepath.Dir(at) {
		err := syscall.Statfs(at, &stat)
		if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
			continue
		}
		if err != nil {
			return fmt.Errorf("asking for the free disk at %q: %w", dir, err)
		}
		break
	}
	free := int64(stat.Bavail) * stat.Bsize //nolint:unconvert // its type differs between systems
	if free < NeedFree {
		return fault.New(fault.Build, "%.1f GB free on the disk of %q, a build needs %.0f", float64(free)/1e9, dir, float64(NeedFree)/1e9).
			WithHint("cache:prune empties Howdah's own caches")
	}
	return nil
}
