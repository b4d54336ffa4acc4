package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Folder is a folder whose files are read like Read does; each may have MaxChange bytes.
type Folder struct{ *descent }

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
	return Folder{&descent{top: root}}, nil
}

// OpenFolderIn opens a folder below dir; no link on the path may lead out of dir.
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
	return Folder{&descent{top: below}}, nil
}

// Open opens a file or a folder; it refuses pipes, sockets and devices.
func (f Folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := f.openFile(name, os.O_RDONLY|syscall.O_NONBLOCK)
	if err != nil {
		return nil, plain(name, err)
	}
	info, err := file.Stat()
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = refuse(name, "expected a file, found %s", Describe(info.Mode())).WithHint("%s", putFile)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// ReadFile reads a file within the limit.
func (f Folder) ReadFile(name string) (data []byte, err error) {
	err = f.within(name, func(root *os.Root, name string) error {
		data, err = readIn(root, name, MaxChange)
		return err
	})
	return data, err
}

// ReadDir lists a folder, sorted by name. It returns an error if there are too many entries.
func (f Folder) ReadDir(name string) ([]fs.DirEntry, error) {
	var file *os.File
	err := f.within(name, func(root *os.Root, name string) (err error) {
		file, err = openFolder(root, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return list(file, name)
}

// openFolder opens a folder, and does not block on a pipe of that name. If nothing is there, the error is
// fs.ErrNotExist; a link that leads to nothing is another error.
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

// CheckFolder returns an error if name below dir exists and is not a folder, or is a link that leads out of dir.
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

func (f Folder) openFile(name string, flags int) (file *os.File, err error) {
	err = f.within(name, func(root *os.Root, name string) error {
		file, err = root.OpenFile(filepath.FromSlash(name), flags, 0)
		return err
	})
	return file, err
}

// Lstat describes a file, not the target of a link.
func (f Folder) Lstat(name string) (info fs.FileInfo, err error) {
	err = f.within(name, func(root *os.Root, name string) error {
		info, err = root.Lstat(filepath.FromSlash(name))
		return err
	})
	return info, err
}

func (f Folder) ReadLink(name string) (to string, err error) {
	err = f.within(name, func(root *os.Root, name string) error {
		to, err = root.Readlink(filepath.FromSlash(name))
		return err
	})
	return to, err
}
