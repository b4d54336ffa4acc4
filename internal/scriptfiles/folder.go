package scriptfiles

import (
	"io/fs"
	"path"
	"strings"
)

// Files lists the files at or below a place, sorted.
func (w *World) Files(p Place) []Place {
	if w.IsFile(p) {
		return []Place{p}
	}
	var out []Place
	for _, name := range w.List(p) {
		one := Place{p.Disk, path.Join(p.Name, name)}
		if strings.HasSuffix(name, "/") {
			out = append(out, w.Files(one)...)
		} else {
			out = append(out, one)
		}
	}
	return out
}

// Unread is something in a folder beside the script that is not read.
type Unread struct {
	Place Place
	Why   string // "a symbolic link"
}

// Unread lists what a folder beside the script holds that is no file or folder or too large, at any depth, sorted.
func (w *World) Unread(p Place) (out []Unread) {
	if p.Disk != Beside || w.Beside == nil {
		return nil
	}
	entries, _ := fs.ReadDir(w.Beside, path.Join(".", p.Name))
	for _, e := range entries {
		one, why := Place{Beside, path.Join(p.Name, e.Name())}, ""
		switch {
		case e.Name() == ".git":
			continue
		case e.Type()&fs.ModeSymlink != 0:
			why = "a symbolic link"
		case e.IsDir():
			out = append(out, w.Unread(one)...)
			continue
		case !e.Type().IsRegular():
			why = "no file or folder"
		case w.Length(one) > maxFile:
			why = "too large"
		default:
			continue
		}
		out = append(out, Unread{one, why})
	}
	return out
}

// Length is how many bytes a file beside the script has; 0 for what is not there.
func (w *World) Length(p Place) int64 {
	if p.Disk != Beside || w.Beside == nil || !fs.ValidPath(p.Name) {
		return 0
	}
	info, err := fs.Lstat(w.Beside, p.Name)
	if err != nil {
		return 0
	}
	return info.Size()
}
