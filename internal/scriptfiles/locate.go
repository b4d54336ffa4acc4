package scriptfiles

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/placeholder"
)

// The reasons to take a folder for the tree.
const (
	weak   = 1 // one file of upstream's root, or a folder of that name
	Strong = 2 // a file further down
)

// system are folders of a machine that hold no tree by accident.
var system = []string{"/usr", "/var/lib", "/var/log", "/var/cache", "/var/run", "/var/tmp", "/var/spool",
	"/run", "/etc", "/tmp", "/dev", "/proc", "/sys", "/bin", "/sbin", "/lib"}

// everywhere are folders that each Linux has.
var everywhere = strings.Fields("/ /bin /etc /home /mnt /opt /root /run /srv /tmp /usr /usr/bin /usr/local " +
	"/usr/local/bin /usr/src /var /var/lib /var/log /var/tmp")

// At is a place on a disk.
func At(disk byte, name string) Place { return Place{disk, name} }

// Locate finds where an absolute path of the script's disk leads. As long as nothing is settled, it learns of each path
// where the tree may lie.
func (w *World) Locate(abs string, write bool) Place {
	abs = path.Clean(abs)
	if !w.Settled {
		w.learn(abs, write)
	}
	for _, b := range w.Mounts {
		if rest, inside := Below(b.Target, abs); inside {
			if b.From != "" {
				return Place{Outside, abs}
			}
			return Place{Beside, strings.TrimPrefix(path.Join("/", b.Source, rest), "/")}
		}
	}
	own, isOwn := Below(placeholder.Folder, abs)
	for _, root := range w.Roots() {
		name, ok := Below(root, abs)
		if !ok {
			continue
		}
		if isOwn && !write && own != "" {
			in, out := Place{InTree, name}, Place{Beside, own}
			if !w.Exists(in) && w.Exists(out) {
				return out
			}
		}
		return Place{InTree, name}
	}
	if isOwn {
		p := Place{Beside, own}
		if !w.Exists(p) {
			if _, rest, ok := strings.Cut(own, "/"); ok && w.Exists(Place{Beside, rest}) && strings.Count(own, "/") > 0 &&
				w.isScriptFolder(own) {
				return Place{Beside, rest}
			}
		}
		return p
	}
	return Place{Outside, abs}
}

// isScriptFolder reports whether a path begins with the name of the script's own folder, as it does where the script is
// called from the folder above.
func (w *World) isScriptFolder(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return first == "scripts" || first == "script" || first == "patches" || first == "bin" || first == "docker"
}

// Exists reports whether there is a file or folder.
func (w *World) Exists(p Place) bool { return w.IsFile(p) || w.IsFolder(p) }

// IsFile reports whether a place has a file or a link. It reads no file of the pinned tree: that may have to be
// fetched.
func (w *World) IsFile(p Place) bool {
	if f, ok := w.Over[p]; ok {
		return !f.Gone && !f.Folder
	}
	switch p.Disk {
	case InTree:
		_, ok := w.lookup(p.Name)
		return ok
	case Beside:
		return w.beside(p.Name) != nil
	}
	return false
}

// IsScratch reports whether the script made the file at a place in a folder for temporary files.
func (w *World) IsScratch(p Place) bool {
	f := w.Over[p]
	return f != nil && f.Scratch
}

// Roots are the folders that are the tree, longest first; where none is known it is where the script begins.
func (w *World) Roots() []string {
	var out []string
	best := 0
	for _, n := range w.Seen {
		best = max(best, n)
	}
	for root, n := range w.Seen {
		if (n == best || n >= Strong) && (n >= Strong || !w.holds(root)) {
			out = append(out, root)
		}
	}
	if len(out) == 0 {
		out = append(out, placeholder.Folder)
	}
	sortLongest(out)
	return out
}

// learn looks for the longest end of a path that is in upstream's tree: what stands before it is where the tree lies.
func (w *World) learn(abs string, write bool) {
	if strings.HasPrefix(abs, placeholder.Temporary) {
		return
	}
	if own, ok := Below(placeholder.Folder, abs); ok && !write && own != "" && w.Exists(Place{Beside, own}) {
		return
	}
	inside := w.around(abs)
	if rest, ok := Below(inside, abs); ok && inside != "" {
		if _, file := w.lookup(rest); file && strings.Contains(rest, "/") {
			w.Note(inside, Strong)
		} else if !file && w.Seen[inside] < Strong && !w.UpstreamFolder(rest) {
			w.learnWithin(inside, rest, write)
		}
		return
	}
	parts := strings.Split(strings.TrimPrefix(abs, "/"), "/")
	for i := range parts {
		name := strings.Join(parts[i:], "/")
		root := "/" + strings.Join(parts[:i], "/")
		if placeholder.In(name) {
			continue
		}
		_, file := w.lookup(name)
		deep := i < len(parts)-1
		made := write && !called(root) // a file that is made may have such a name anywhere
		switch {
		case file && deep:
			w.Note(root, Strong)
		case file && !made, deep && w.hasFolder(name):
			w.Note(root, weak)
		case deep && w.hasFolder(parts[i]) && (!made || strings.Count(name, "/") > 1 && w.hasFolder(path.Dir(name))):
			w.Note(root, weak)
		default:
			continue
		}
		return
	}
}

// around is the deepest folder taken for the tree so far that a path lies in; "" is none.
func (w *World) around(abs string) (found string) {
	for root := range w.Seen {
		if _, ok := Below(root, abs); ok && root != placeholder.Folder && len(root) > len(found) {
			found = root
		}
	}
	return found
}

// learnWithin looks for upstream's files in a folder below one that only a file of upstream's root, such as a copy of
// docker-compose.yml, showed as the tree.
func (w *World) learnWithin(root, rest string, write bool) {
	for i, c := range rest {
		if c != '/' {
			continue
		}
		below, name := root+"/"+rest[:i], rest[i+1:]
		deep := strings.Contains(name, "/")
		if _, file := w.lookup(name); file && (deep || !write || called(below)) {
			n := weak
			if deep {
				n = Strong
			}
			w.Note(below, n)
			return
		}
	}
}

// holds reports whether one of the folders in a folder is the tree for as good a reason: no tree lies in another.
func (w *World) holds(root string) bool {
	for other, n := range w.Seen {
		if _, below := Below(root, other); below && other != root && n >= w.Seen[root] {
			return true
		}
	}
	return false
}

// called reports whether a folder is called as those of Mastodon's source are.
func called(root string) bool {
	return strings.Contains(path.Base(root), "mastodon") || path.Base(root) == "live"
}

// Unproven is why it is not certain which folder is the tree; "" where it is.
func (w *World) Unproven() string {
	var maybe []string
	for root, n := range w.Seen {
		if n >= Strong {
			return ""
		}
		if !w.holds(root) {
			maybe = append(maybe, placeholder.Shown(root))
		}
	}
	switch slices.Sort(maybe); {
	case len(maybe) == 0:
		return "nothing in the script shows whether its own folder is Mastodon's tree"
	case len(maybe) == 1:
		return ""
	}
	return "nothing in the script shows which of these is Mastodon's tree: " + strings.Join(maybe, ", ")
}

// MayHold reports whether a folder that is not the tree may be the tree all the same: what it is called is not known,
// or no folder is certain to be the tree.
func (w *World) MayHold(folder string) bool {
	_, inside := Below(placeholder.Folder, folder)
	_, above := Below(folder, placeholder.Folder)
	if inside || above || strings.HasPrefix(folder, placeholder.Temporary) {
		return false
	}
	for root := range w.Seen {
		if _, above := Below(folder, root); above {
			return false
		}
	}
	for _, s := range system {
		if _, ok := Below(s, folder); ok {
			return false
		}
	}
	return placeholder.In(folder) || w.Unproven() != "" && !slices.Contains(everywhere, folder)
}

func (w *World) hasFolder(name string) bool { return name != "" && w.UpstreamFolder(name) }

// Below returns the rest of a path below a folder; "" is the folder itself.
func Below(folder, name string) (string, bool) {
	if folder == name {
		return "", true
	}
	if folder == "/" {
		return strings.TrimPrefix(name, "/"), true
	}
	return strings.CutPrefix(name, folder+"/")
}

// Shown is a place as messages name it.
func (w *World) Shown(p Place) string {
	if p.Disk == Outside {
		return placeholder.Shown(p.Name)
	}
	if p.Name == "" {
		return "."
	}
	return p.Name
}

// sortLongest sorts the longest first, those of one length by name.
func sortLongest(list []string) {
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
}
