// Package scratch gives a run a folder for its temporary files: below the system's temporary folder, removed when the
// run ends, and, where it was killed, by the next one. Programs that the run starts put their temporary files there
// too.
package scratch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/howdah/howdah/internal/fault"
)

// prefix begins the name of every run's folder.
const prefix = "howdah-run-"

// tries is how often a folder is made anew that another run removed before it was locked.
const tries = 100

// folder is a run's own folder. It is locked as long as the run lives: the kernel lets go of it however the process
// ends.
type folder struct {
	path  string
	close func() error
}

// openSystem makes a run's folder in the system's temporary folder, and removes those of runs that were killed.
func openSystem() (*folder, error) { return open(os.TempDir()) }

func open(temp string) (*folder, error) {
	sweep(temp)
	for range tries {
		path, err := os.MkdirTemp(temp, prefix)
		if err != nil {
			return nil, fault.Temporary(fault.New(fault.Other, "making a folder for temporary files: %w", err))
		}
		f, err := lock(path)
		if err != nil {
			return nil, fmt.Errorf("locking the folder for temporary files: %w", err)
		}
		if f != nil {
			return &folder{path, sync.OnceValue(func() error { return errors.Join(os.RemoveAll(path), f.Close()) })}, nil
		}
	}
	return nil, fault.New(fault.Other, "making a folder for temporary files: something removes it each time").
		WithHint("see what clears %s", temp)
}

// Within runs with a folder of its own as TMPDIR, for this process and for the programs that it starts.
func Within(run func() error) error {
	own, err := openSystem()
	if err != nil {
		return err
	}
	before, wasSet := os.LookupEnv("TMPDIR")
	if err := os.Setenv("TMPDIR", own.Path()); err != nil {
		return errors.Join(err, own.Close())
	}
	err = run()
	if wasSet {
		err = errors.Join(err, os.Setenv("TMPDIR", before))
	} else {
		err = errors.Join(err, os.Unsetenv("TMPDIR"))
	}
	return errors.Join(err, own.Close())
}

// system is TMPDIR as this process was started with it.
var system, systemSet = os.LookupEnv("TMPDIR")

// System returns the TMPDIR with which this process was started: programs that outlive the run need it.
func System() (dir string, set bool) { return system, systemSet }

// Path is the folder's absolute path.
func (d *folder) Path() string { return d.path }

// Close removes the folder. Later calls do nothing more.
func (d *folder) Close() error {
	if err := d.close(); err != nil {
		return fmt.Errorf("removing temporary files: %w", err)
	}
	return nil
}

// lock opens and locks a folder. It is nil where the folder is somebody else's, locked by another run, or gone.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil && own(f, path) {
		return f, nil
	}
	f.Close()
	if err == nil || errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, err
}

// own reports whether an open folder is this user's, and still the one of that path.
func own(f *os.File, path string) bool {
	open, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := os.Lstat(path)
	if err != nil || !os.SameFile(open, now) {
		return false
	}
	stat, ok := open.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}

// sweep removes the folders of this user's runs that nobody has locked any more. What cannot be removed stays.
func sweep(temp string) {
	left, _ := filepath.Glob(filepath.Join(temp, prefix+"*"))
	for _, path := range left {
		if f, _ := lock(path); f != nil {
			_ = os.RemoveAll(path)
			f.Close()
		}
	}
}
