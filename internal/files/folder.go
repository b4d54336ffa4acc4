package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Folder is a folder whose files are read as Read does; each may have MaxChange bytes.
type Folder struct{ root *os.Root }

var (
	_ fs.ReadFileFS = Folder{}
	_ fs.ReadDirFS  = Folder{}
	_ fs.ReadLinkFS = Folder{}
)

// OpenFolder opens a folder; the folder itself may be a link.
func OpenFolder(dir string) (Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Folder{}, plain(dir, err)
	}
	return Folder{root}, nil
}

// OpenFolderIn opens a folder below dir; no link on the way may lead out of dir.
func OpenFolderIn(dir, name string) (Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Folder{}, plain(name, err)
	}
	defer root.Close()
	below, err := root.OpenRoot(filepath.FromSlash(name))
	if err != nil {
		return Folder{}, plain(name, err)
	}
	return Folder{below}, nil
}

// Open opens a file or a folder, and no pipe, socket or device.
func (f Folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := f.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, plain(name, err)
	}
	info, err := file.Stat()
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = refuse(name, "expected a file, found %s", Describe(info.Mode()))
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// ReadFile reads a file within the limit.
func (f Folder) ReadFile(name string) ([]byte, error) { return readIn(f.root, name, MaxChange) }

// ReadDir lists a folder, by name. One with too many entries is refused.
func (f Folder) ReadDir(name string) ([]fs.DirEntry, error) {
	file, err := openFolder(f.root, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return list(file, name)
}

// openFolder opens a folder, and waits for nothing that stands in its place. That there is nothing is fs.ErrNotExist;
// a link that leads to nothing is another error.
func openFolder(root *os.Root, name string) (*os.File, error) {
	file, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err == nil {
		return file, nil
	}
	info, linkErr := root.Lstat(filepath.FromSlash(name))
	switch {
	case linkErr != nil:
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse(name, "a symbolic link leads to a folder that does not exist").
			WithHint("put the folder itself there")
	case errors.Is(err, syscall.ENOTDIR) && info.Mode()&fs.ModeSymlink == 0:
		return nil, refuse(name, "expected a folder, found %s", Describe(info.Mode()))
	}
	return nil, plain(name, err)
}

// CheckFolder refuses what stands at name below dir and is no folder, or is a link that leads out of dir. Nothing may
// be there.
func CheckFolder(dir, name string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return plain(dir, err)
	}
	defer root.Close()
	file, err := openFolder(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// Lstat describes a file, not what a link leads to.
func (f Folder) Lstat(name string) (fs.FileInfo, error) {
	return f.root.Lstat(filepath.FromSlash(name))
}

// ReadLink reads a link.
func (f Folder) ReadLink(name string) (string, error) {
	return f.root.Readlink(filepath.FromSlash(name))
}
