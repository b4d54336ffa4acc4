package git

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/howdah/howdah/internal/fault"
)

// view is an empty repository through which another's objects are read. In one that has promisors git reads every
// object of theirs, for seconds, before it calls one missing, and then ends; through a view it just says so.
type view struct {
	mu  sync.Mutex
	dir string // "" until it is needed
}

// open creates the view of the repository at dir, once.
func (v *view) open(dir string) (string, error) {
	made, err := v.with(filepath.Join(dir, "objects") + "\n")
	if err != nil {
		return "", fault.Temporary(fmt.Errorf("making a view of %q: %w", dir, err))
	}
	return made, nil
}

// with creates the view of the object folders that alternates lists, once.
func (v *view) with(alternates string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.dir != "" {
		return v.dir, nil
	}
	made, err := os.MkdirTemp("", "howdah-git-")
	if err != nil {
		return "", err
	}
	for name, text := range map[string]string{
		"HEAD":                    "ref: refs/heads/none\n",
		"refs/none":               "",
		"objects/info/alternates": alternates,
	} {
		file := filepath.Join(made, filepath.FromSlash(name))
		if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil && text != "" {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			return "", errors.Join(err, os.RemoveAll(made))
		}
	}
	v.dir = made
	return made, nil
}

func (v *view) close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	dir := v.dir
	if v.dir = ""; dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}
