package script

import (
	"io/fs"
	"path"
	"strings"
	"syscall"
	"time"
)

// entry is a name in a folder.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string { return e.name }
func (e entry) IsDir() bool  { return e.folder }
func (e entry) Type() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) Size() int64                { return 0 }
func (e entry) Mode() fs.FileMode          { return e.Type() }
func (e entry) ModTime() time.Time         { return time.Time{} }
func (e entry) Sys() any                   { return nil }

// readDir lists a folder for patterns: the tree's and those beside the script, where both may be meant.
func (m *machine) readDir(name string) ([]fs.DirEntry, error) {
	abs, known := m.abs(name)
	if !known {
		return nil, fs.ErrNotExist
	}
	if rest, above := below(abs, start); above && rest != "" {
		first, _, _ := strings.Cut(rest, "/")
		return []fs.DirEntry{entry{first, true}}, nil
	}
	p := m.world.follow(m.world.locate(abs, false), true)
	switch {
	case m.world.isFolder(p):
	case m.world.read(p) != nil:
		return nil, syscall.ENOTDIR
	default:
		return nil, fs.ErrNotExist
	}
	var out []fs.DirEntry
	for _, one := range m.world.list(p) {
		plain := strings.TrimSuffix(one, "/")
		out = append(out, entry{plain, plain != one})
	}
	if own, ok := below(start, abs); ok && p.disk == inTree && own == "" { // the script's folder seems to be the tree
		for _, one := range m.world.list(place{beside, own}) {
			if plain := strings.TrimSuffix(one, "/"); !m.world.exists(place{inTree, path.Join(p.name, plain)}) {
				out = append(out, entry{plain, plain != one})
			}
		}
	}
	return out, nil
}
