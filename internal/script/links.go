package script

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// follow is where a place leads when the symbolic links on its way are followed; with last the one that it names too.
func (w *world) follow(p place, last bool) place {
	for range 40 {
		next, again := w.link(p, last)
		if !again {
			return p
		}
		p = next
	}
	return place{outside, "/" + unknown("links that lead to each other")}
}

// link follows the first link on the way to a place.
func (w *world) link(p place, last bool) (place, bool) {
	if p.disk != inTree {
		return p, false
	}
	for i := 0; i <= len(p.name); i++ {
		if i < len(p.name) && p.name[i] != '/' || i == len(p.name) && !last {
			continue
		}
		f := w.entry(place{p.disk, p.name[:i]})
		if f == nil || f.mode != tree.Symlink || f.why != "" {
			continue
		}
		to := path.Join(path.Dir(p.name[:i]), string(f.data), p.name[i:])
		if path.IsAbs(string(f.data)) || to == ".." || strings.HasPrefix(to, "../") {
			return place{outside, path.Join("/", unknown("a link out of the tree"), to)}, true
		}
		if to == "." {
			to = ""
		}
		return place{p.disk, to}, true
	}
	return p, false
}

// entry is read, without the content of a file of upstream that is no link.
func (w *world) entry(p place) *file {
	if f, ok := w.over[p]; ok {
		if f.gone || f.folder {
			return nil
		}
		return f
	}
	if p.name == "" {
		return nil
	}
	if e, err := w.pinned.Lookup(w.ctx, p.name); err != nil || e.Mode != tree.Symlink {
		return nil
	}
	return w.upstream(p.name)
}
