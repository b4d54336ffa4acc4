package shell

import (
	"io/fs"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
)

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

// ReadDir lists a folder for patterns: the tree's and those beside the script, where both may be meant.
func (m *Machine) ReadDir(name string) ([]fs.DirEntry, error) {
	abs, known := m.Abs(name)
	if !known {
		return nil, fs.ErrNotExist
	}
	if rest, above := scriptfiles.Below(abs, placeholder.Folder); above && rest != "" {
		first, _, _ := strings.Cut(rest, "/")
		return []fs.DirEntry{entry{first, true}}, nil
	}
	p := m.World.Follow(m.World.Locate(abs, false), true)
	switch {
	case m.World.IsFolder(p):
	case m.World.Read(p) != nil:
		return nil, syscall.ENOTDIR
	default:
		return nil, fs.ErrNotExist
	}
	var out []fs.DirEntry
	for _, one := range m.World.List(p) {
		plain := strings.TrimSuffix(one, "/")
		out = append(out, entry{plain, plain != one})
	}
	// the script's folder seems to be the tree
	if own, ok := scriptfiles.Below(placeholder.Folder, abs); ok && p.Disk == scriptfiles.InTree && own == "" {
		for _, one := range m.World.List(scriptfiles.At(scriptfiles.Beside, own)) {
			plain := strings.TrimSuffix(one, "/")
			if !m.World.Exists(scriptfiles.At(scriptfiles.InTree, path.Join(p.Name, plain))) {
				out = append(out, entry{plain, plain != one})
			}
		}
	}
	return out, nil
}
