package scriptfiles

import (
	"io/fs"
	"time"
)

// Listed is a name in a folder, as patterns of the shell look at it.
func Listed(name string, folder bool) fs.DirEntry { return entry{name, folder} }

// entry is a name in a folder.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string { return e.name }

func (e entry) IsDir() bool { return e.folder }

func (e entry) Type() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}

func (e entry) Info() (fs.FileInfo, error) { return e, nil }

func (e entry) Size() int64 { return 0 }

func (e entry) Mode() fs.FileMode { return e.Type() }

func (e entry) ModTime() time.Time { return time.Time{} }

func (e entry) Sys() any { return nil }
