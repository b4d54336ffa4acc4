package scriptfiles

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/tree"
)

// Follow is where a place leads when the symbolic links on its way are followed; with last the one that it names too.
func (w *World) Follow(p Place, last bool) Place {
	for range 40 {
		next, again := w.link(p, last)
		if !again {
			return p
		}
		p = next
	}
	return Place{Outside, "/" + placeholder.For("links that lead to each other")}
}

// link follows the first link on the way to a place.
func (w *World) link(p Place, last bool) (Place, bool) {
	if p.Disk != InTree {
		return p, false
	}
	for i := 0; i <= len(p.Name); i++ {
		if i < len(p.Name) && p.Name[i] != '/' || i == len(p.Name) && !last {
			continue
		}
		f := w.entry(Place{p.Disk, p.Name[:i]})
		if f == nil || f.Mode != tree.Symlink || f.Why != "" {
			continue
		}
		to := path.Join(path.Dir(p.Name[:i]), string(f.Data), p.Name[i:])
		if path.IsAbs(string(f.Data)) || to == ".." || strings.HasPrefix(to, "../") {
			return Place{Outside, path.Join("/", placeholder.For("a link out of the tree"), to)}, true
		}
		if to == "." {
			to = ""
		}
		return Place{p.Disk, to}, true
	}
	return p, false
}

// entry is read, without the content of a file of upstream that is no link.
func (w *World) entry(p Place) *File {
	if f, ok := w.Over[p]; ok {
		if f.Gone || f.Folder {
			return nil
		}
		return f
	}
	if p.Name == "" {
		return nil
	}
	if e, err := w.Pinned.Lookup(w.ctx, p.Name); err != nil || e.Mode != tree.Symlink {
		return nil
	}
	return w.Upstream(p.Name)
}

// IsLink reports whether a place has a symbolic link, without reading a file.
func (w *World) IsLink(p Place) bool {
	if f, ok := w.Over[p]; ok || p.Disk != InTree {
		return f != nil && f.Mode == tree.Symlink
	}
	e, ok := w.lookup(p.Name)
	return ok && e.Mode == tree.Symlink
}
