package shell

import (
	"io/fs"
	"path"
	"strings"
	"syscall"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// ReadDir lists a folder for patterns: the tree's and those beside the script, where both may be meant.
func (m *Machine) ReadDir(name string) ([]fs.DirEntry, error) {
	if rest, relative := strings.CutPrefix(name, m.Cwd+"/"); relative && placeholder.Begins(rest) {
		name = rest // $HOME/…: the library takes it for a path of this folder
	}
	abs, known := m.Abs(name)
	if !known {
		if placeholder.IsLost(abs) {
			m.touch(m.Doubtful(Word{Text: name}))
		}
		return nil, fs.ErrNotExist
	}
	if rest, above := scriptfiles.Below(abs, placeholder.Folder); above && rest != "" {
		first, _, _ := strings.Cut(rest, "/")
		return []fs.DirEntry{scriptfiles.Listed(first, true)}, nil
	}
	p := m.World.Follow(m.World.Locate(abs, false), true)
	switch {
	case m.World.IsFolder(p):
	case m.World.Read(p) != nil:
		return nil, syscall.ENOTDIR
	default:
		var found bool
		if p, found = m.World.SourceFolder(p); !found {
			return nil, fs.ErrNotExist
		}
	}
	out := m.World.Entries(p)
	// the script's folder seems to be the tree
	if own, ok := scriptfiles.Below(placeholder.Folder, abs); ok && p.Disk == scriptfiles.InTree && own == "" {
		for _, e := range m.World.Entries(scriptfiles.At(scriptfiles.Beside, own)) {
			if !m.World.Exists(scriptfiles.At(scriptfiles.InTree, path.Join(p.Name, e.Name()))) {
				out = append(out, e)
			}
		}
	}
	return out, nil
}
