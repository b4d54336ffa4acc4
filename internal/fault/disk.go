package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
)

// Disk adds a hint to an error of writing below dir if the disk is the cause: it is full, or may not be written.
func Disk(err error, dir string) error {
	var hint Hint
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = fullSomewhere(dir)
	case errors.Is(err, syscall.EROFS):
		hint = Hintf("%s is on a file system that cannot be written; HOWDAH_CACHE and HOWDAH_CONFIG name folders elsewhere",
			dir)
	case errors.Is(err, syscall.ENOTDIR):
		hint = Hintf("%s, or a part of it, is a file, and has to be a folder; HOWDAH_CACHE and HOWDAH_CONFIG name folders",
			dir)
	case errors.Is(err, fs.ErrPermission):
		hint = Hintf("make %s writable for this user; HOWDAH_CACHE and HOWDAH_CONFIG name folders elsewhere", dir)
	default:
		return err
	}
	return New(CodeOf(err), "%w", err).WithHint("%s", hint)
}

// littleRoom: if a program fails with less free disk than this, in bytes, the full disk is the likely cause; git, for
// one, does not say why it cannot write a file.
const littleRoom = 1 << 20

// Program is Folder for the error of a program that wrote below dir.
func Program(err error, dir, cache string) error {
	if free, freeErr := Free(dir); err != nil && freeErr == nil && free < littleRoom {
		return New(CodeOf(err), "%w", err).WithHint("%s", fullBeside(dir, cache))
	}
	return Folder(err, dir, cache)
}

// Folder is Disk for a folder that a person named, which may be on another disk than the caches.
func Folder(err error, dir, cache string) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return New(CodeOf(err), "%w", err).WithHint("%s", fullBeside(dir, cache))
	}
	return Disk(err, dir)
}

// fullBeside is Full, but does not propose to free the caches if they are on another disk than dir.
func fullBeside(dir, cache string) Hint {
	var one, other syscall.Stat_t
	if syscall.Stat(existing(dir), &one) != nil || syscall.Stat(existing(cache), &other) != nil ||
		one.Dev == other.Dev {
		return Full(dir)
	}
	return Hintf("%s, and Howdah's caches are on another: make room there, or name a folder on another disk",
		fullDisk(dir))
}

// existing returns a folder, or the nearest one above it that exists.
func existing(dir string) string {
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		var stat syscall.Stat_t
		if !errors.Is(syscall.Stat(dir, &stat), fs.ErrNotExist) {
			return dir
		}
	}
	return dir
}

// Temporary is Disk for temporary files, which may be on another disk than the caches.
func Temporary(err error) error {
	var at *fs.PathError
	if !errors.As(err, &at) {
		return err
	}
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.ENOTDIR, fs.ErrPermission,
		fs.ErrNotExist} {
		if errors.Is(err, cause) {
			return New(CodeOf(err), "%w", err).
				WithHint("temporary files cannot be written at %s; set TMPDIR to a folder elsewhere, on a disk with room",
					at.Path)
		}
	}
	return err
}

// fullSomewhere is Full for a folder that may be on another disk than the caches.
func fullSomewhere(dir string) Hint {
	return Hintf("%s: make room there; if Howdah's caches are on it, this frees what can be fetched or built again: %s",
		fullDisk(dir), Command{Target: "cache:prune", Args: []string{"-all"}})
}

// Full returns the hint for a full disk below dir, with the caches on it.
func Full(dir string) Hint {
	return Hintf("%s; free what can be fetched or built again: %s", fullDisk(dir),
		Command{Target: "cache:prune", Args: []string{"-all"}})
}

// fullDisk says that the disk of dir is full, and how much is free where that is known.
func fullDisk(dir string) string {
	free, err := Free(dir)
	if err != nil {
		return fmt.Sprintf("the disk of %s is full", dir)
	}
	return fmt.Sprintf("the disk of %s is full, %.1f MB are free", dir, float64(free)/1e6)
}

// Free returns how many bytes are free on the disk of dir, or of the nearest folder above it that exists.
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
		return int64(stat.Bavail) * int64(stat.Bsize), nil //nolint:unconvert // its type differs between systems
	}
}
