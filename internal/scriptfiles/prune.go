package scriptfiles

import (
	"path"
	"strings"
)

// folders lists a folder and those below it.
func (w *World) folders(p Place) []Place {
	out := []Place{p}
	for _, name := range w.List(p) {
		if strings.HasSuffix(name, "/") {
			out = append(out, w.folders(Place{p.Disk, path.Join(p.Name, name)})...)
		}
	}
	return out
}

// Vanish takes a folder away, which holds no file any more, with those below it.
func (w *World) Vanish(p Place) {
	for _, one := range w.folders(p) {
		w.Write(one, &File{Gone: true})
	}
}

// Prune takes away the folders above removed files that are empty now, as git does, which keeps no folders.
func (w *World) Prune(removed []Place) {
	for _, p := range removed {
		for p.Name = path.Dir(p.Name); p.Name != "." && w.IsFolder(p) && len(w.List(p)) == 0; p.Name = path.Dir(p.Name) {
			w.Write(p, &File{Gone: true})
		}
	}
}

// PruneAll takes away every folder of the tree that is empty, as git does where it removes files.
func (w *World) PruneAll() {
	var removed []Place
	for p, f := range w.Over {
		if p.Disk == InTree && f.Gone {
			removed = append(removed, p)
		}
	}
	w.Prune(removed)
}
