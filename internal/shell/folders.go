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
	return append(m.World.EntriesAt(p, abs), m.MayLie(p)...), nil
}

// MayLie lists the files beside the script that a folder of its machine may have; in a Dockerfile a COPY brings them.
func (m *Machine) MayLie(p scriptfiles.Place) []fs.DirEntry {
	if m.Docker {
		return nil
	}
	return m.World.MayLie(p, m.pattern, path.Base(m.Src.File))
}
