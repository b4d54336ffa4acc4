package pipeline

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/patch"
)

// held reads a file that lies beside howdah.toml.
func (p *Pipeline) held(name string, limit int64) ([]byte, error) {
	return files.Read(p.cfg.Root, name, limit)
}

// readOwn reads a file that howdah.toml names: one beside or below it, to which no link leads out, or one elsewhere.
func (p *Pipeline) readOwn(f config.Path, limit int64) ([]byte, error) {
	data, err := []byte(nil), error(nil)
	if below, ok := p.below(f); ok {
		data, err = files.Read(p.cfg.Root, below, limit)
	} else {
		data, err = files.ReadAt(f.Abs, limit)
	}
	return data, renamed(err, f.Name)
}

// folder opens a folder of changes.
func (p *Pipeline) folder(f config.Path) (patch.Folder, error) {
	var opened files.Folder
	var err error
	if below, ok := p.below(f); ok {
		opened, err = files.OpenFolderIn(p.cfg.Root, below)
	} else {
		opened, err = files.OpenFolder(f.Abs)
	}
	return patch.Folder{Name: f.Name, FS: opened}, renamed(err, f.Name)
}

// changeFolders opens all folders of changes.
func (p *Pipeline) changeFolders() ([]patch.Folder, error) {
	var all []patch.Folder
	for _, f := range p.cfg.Patches {
		one, err := p.folder(f)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, p.cfg.Fault(fault.Usage, "patches", "there is no folder of changes %q", f.Name).
				WithHint("make it, or name another in patches or HOWDAH_PATCHES")
		}
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// below is a path as it lies below the distribution's folder.
func (p *Pipeline) below(f config.Path) (string, bool) {
	rel, err := filepath.Rel(p.cfg.Root, f.Abs)
	return rel, err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// renamed gives an error the name that its reader wrote.
func renamed(err error, name string) error {
	if f, ok := err.(*fault.Error); ok {
		return f.At(name, 0)
	}
	return err
}
