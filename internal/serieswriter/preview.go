package serieswriter

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// preview is a folder of changes as it will be after writing. Nothing is written yet.
type preview struct {
	fs.FS
	changes map[string]*planned
}

// planned is a file to be written; nil data removes it.
type planned struct {
	name string
	data []byte
	mode fs.FileMode
}

var (
	_ fs.ReadFileFS = preview{}
	_ fs.ReadDirFS  = preview{}
	_ fs.ReadLinkFS = preview{}
	_ fs.FileInfo   = (*planned)(nil)
)

// set plans a file.
func (p preview) set(name string, data []byte, mode fs.FileMode) {
	if mode == 0 {
		mode = 0o644
	}
	p.changes[name] = &planned{name: path.Base(name), data: data, mode: mode}
}

// above reports whether a planned file is below a folder.
func (p preview) above(dir string) bool {
	for name, f := range p.changes {
		if f.data != nil && (dir == "." || strings.HasPrefix(name, dir+"/")) {
			return true
		}
	}
	return false
}

// Lstat describes a file as it will be.
func (p preview) Lstat(name string) (fs.FileInfo, error) {
	if f := p.changes[name]; f != nil {
		if f.data == nil {
			return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist}
		}
		return f, nil
	}
	info, err := fs.Lstat(p.FS, name)
	if err == nil && info.IsDir() && name != "." {
		if entries, err := p.ReadDir(name); err == nil && len(entries) == 0 {
			return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist} // a folder disappears with its last file
		}
	}
	if errors.Is(err, fs.ErrNotExist) && p.above(name) {
		return &planned{name: path.Base(name), mode: fs.ModeDir | 0o755}, nil
	}
	return info, err
}

// Stat is Lstat for what is planned.
func (p preview) Stat(name string) (fs.FileInfo, error) {
	if info, err := p.Lstat(name); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return info, err
	}
	return fs.Stat(p.FS, name)
}

// ReadLink reads a link of the folder; planned files are no links.
func (p preview) ReadLink(name string) (string, error) { return fs.ReadLink(p.FS, name) }

// ReadFile reads a file as it will be.
func (p preview) ReadFile(name string) ([]byte, error) {
	if f := p.changes[name]; f != nil {
		if f.data == nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return bytes.Clone(f.data), nil
	}
	return fs.ReadFile(p.FS, name)
}

// ReadDir lists a folder as it will be.
func (p preview) ReadDir(dir string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(p.FS, dir)
	if err != nil && !p.above(dir) {
		return nil, err
	}
	have := map[string]bool{}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		name := path.Join(dir, e.Name())
		_, err := p.Lstat(name)
		have[e.Name()] = true
		return errors.Is(err, fs.ErrNotExist) || p.changes[name] != nil
	})
	added := map[string]bool{}
	for name, f := range p.changes {
		rest := name
		if dir != "." {
			var below bool
			if rest, below = strings.CutPrefix(name, dir+"/"); !below {
				continue
			}
		}
		first, _, deeper := strings.Cut(rest, "/")
		switch {
		case f.data == nil || added[first] || deeper && have[first]:
			continue
		case deeper:
			f = &planned{name: first, mode: fs.ModeDir | 0o755}
		}
		added[first] = true
		entries = append(entries, fs.FileInfoToDirEntry(f))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// Open opens a file as it will be, or a folder as it is.
func (p preview) Open(name string) (fs.File, error) {
	if f := p.changes[name]; f != nil {
		data, err := p.ReadFile(name)
		return openPlanned{f, bytes.NewReader(data)}, err
	}
	return p.FS.Open(name)
}

// openPlanned is a planned file that is open for reading.
type openPlanned struct {
	*planned
	*bytes.Reader
}

func (o openPlanned) Size() int64                { return o.planned.Size() }
func (o openPlanned) Stat() (fs.FileInfo, error) { return o.planned, nil }
func (o openPlanned) Close() error               { return nil }

// A planned file is its own fs.FileInfo.
func (f *planned) Name() string       { return f.name }
func (f *planned) Size() int64        { return int64(len(f.data)) }
func (f *planned) Mode() fs.FileMode  { return f.mode }
func (f *planned) ModTime() time.Time { return time.Time{} }
func (f *planned) IsDir() bool        { return f.mode.IsDir() }
func (f *planned) Sys() any           { return nil }
