package files

import (
	"os"
	"path"
	"strings"
	"sync"
)

// descent keeps the folders open that lead to the last file read: the next file is usually beside it, so that deep
// folders are not opened again from the top each time.
type descent struct {
	mu    sync.Mutex
	top   *os.Root
	names []string   // of the open folders, each one part of the path
	roots []*os.Root // the folder of that name in the one before
}

// within calls use with the open folder of a file, and the file's name there. If that fails, as with a link that
// leads out of that folder, it uses the top folder and the whole name. A file of the top folder closes the others, so
// that a caller who starts again sees folders that were replaced.
func (d *descent) within(name string, use func(*os.Root, string) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	dir, base := path.Split(name)
	if path.Clean(name) == name {
		if below := d.open(strings.Split(strings.TrimSuffix(dir, "/"), "/")); below != d.top && use(below, base) == nil {
			return nil
		}
	}
	return use(d.top, name)
}

// open returns the folder at names, or the top one if it cannot be opened through its parents.
func (d *descent) open(names []string) *os.Root {
	same := 0
	for same < min(len(names), len(d.names)) && names[same] == d.names[same] {
		same++
	}
	for _, root := range d.roots[same:] {
		root.Close()
	}
	d.names, d.roots = d.names[:same], d.roots[:same]
	at := d.top
	if same > 0 {
		at = d.roots[same-1]
	}
	for _, name := range names[same:] {
		if name == "" || name == ".." {
			return d.top
		}
		if info, err := at.Stat(name); err != nil || !info.IsDir() { // opening a pipe would block
			return d.top
		}
		below, err := at.OpenRoot(name)
		if err != nil {
			return d.top
		}
		d.names, d.roots, at = append(d.names, name), append(d.roots, below), below
	}
	return at
}
