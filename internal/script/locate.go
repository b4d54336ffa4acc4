package script

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Marks around what a value would be if it were known. They are of a plane that no text uses.
const (
	opened = "\U000F7E01"
	closed = "\U000F7E02"
)

// blank stands for a blank within a stand-in, so that the shell does not split the stand-in into words.
const blank = "\u00a0"

// unknown is the stand-in for a value that is not known.
func unknown(why string) string { return opened + strings.ReplaceAll(why, " ", blank) + closed }

// temporary begins the names that mktemp makes.
const temporary = "/tmp/" + opened + "what" + blank + "mktemp" + blank + "prints"

// isMarked says that a text holds a stand-in.
func isMarked(s string) bool { return strings.Contains(s, opened) }

// start is the folder that the script lies in, on its own disk, with room above it.
var start = "/" + unknown("the folder of the script") + "/4/3/2/1"

// The reasons to take a folder for the tree.
const (
	weak   = 1 // one file of upstream's root, or a folder of that name
	strong = 2 // a file further down
)

// system are folders of a machine that hold no tree by accident.
var system = []string{"/usr", "/var/lib", "/var/log", "/var/cache", "/var/run", "/var/tmp", "/var/spool",
	"/run", "/etc", "/tmp", "/dev", "/proc", "/sys", "/bin", "/sbin", "/lib"}

// everywhere are folders that each Linux has.
var everywhere = set("/ /bin /etc /home /mnt /opt /root /run /srv /tmp /usr /usr/bin /usr/local /usr/local/bin " +
	"/usr/src /var /var/lib /var/log /var/tmp")

// locate finds where an absolute path of the script's disk leads. As long as nothing is settled, it learns of each path
// where the tree may lie.
func (w *world) locate(abs string, write bool) place {
	abs = path.Clean(abs)
	if !w.settled {
		w.learn(abs, write)
	}
	for _, b := range w.mounts {
		if rest, inside := below(b.target, abs); inside {
			if b.from != "" {
				return place{outside, abs}
			}
			return place{beside, strings.TrimPrefix(path.Join("/", b.source, rest), "/")}
		}
	}
	own, isOwn := below(start, abs)
	for _, root := range w.roots() {
		name, ok := below(root, abs)
		if !ok {
			continue
		}
		if isOwn && !write && own != "" {
			in, out := place{inTree, name}, place{beside, own}
			if !w.exists(in) && w.exists(out) {
				return out
			}
		}
		return place{inTree, name}
	}
	if isOwn {
		p := place{beside, own}
		if !w.exists(p) {
			if _, rest, ok := strings.Cut(own, "/"); ok && w.exists(place{beside, rest}) && strings.Count(own, "/") > 0 &&
				w.isScriptFolder(own) {
				return place{beside, rest}
			}
		}
		return p
	}
	return place{outside, abs}
}

// isScriptFolder says that a path begins with the name of the script's own folder, as it does where the script is
// called from the folder above.
func (w *world) isScriptFolder(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return first == "scripts" || first == "script" || first == "patches" || first == "bin" || first == "docker"
}

// exists says whether there is a file or folder.
func (w *world) exists(p place) bool { return w.read(p) != nil || w.isFolder(p) }

// roots are the folders that are the tree, longest first; where none is known it is where the script begins.
func (w *world) roots() []string {
	var out []string
	best := 0
	for _, n := range w.seen {
		best = max(best, n)
	}
	for root, n := range w.seen {
		if n == best || n >= strong {
			out = append(out, root)
		}
	}
	for root := range w.known {
		out = append(out, root)
	}
	if len(out) == 0 {
		out = append(out, start)
	}
	sortLongest(out)
	return out
}

// learn looks for the longest end of a path that is in upstream's tree: what stands before it is where the tree lies.
func (w *world) learn(abs string, write bool) {
	if strings.HasPrefix(abs, temporary) {
		return
	}
	if own, ok := below(start, abs); ok && !write && own != "" && w.exists(place{beside, own}) {
		return
	}
	for root := range w.seen {
		if _, ok := below(root, abs); ok && root != start {
			return
		}
	}
	parts := strings.Split(strings.TrimPrefix(abs, "/"), "/")
	for i := range parts {
		name := strings.Join(parts[i:], "/")
		root := "/" + strings.Join(parts[:i], "/")
		if isMarked(name) {
			continue
		}
		file := w.upstream(name) != nil
		switch {
		case file && i < len(parts)-1:
			w.note(root, strong)
		case file || w.hasFolder(name) && i < len(parts)-1:
			w.note(root, weak)
		case i < len(parts)-1 && w.hasFolder(parts[i]):
			w.note(root, weak)
		default:
			continue
		}
		return
	}
}

func (w *world) hasFolder(name string) bool { return name != "" && w.isFolder(place{inTree, name}) }

// note keeps a reason to take a folder for the tree.
func (w *world) note(root string, n int) {
	if n == weak {
		for _, s := range system {
			if _, ok := below(s, root); ok {
				return
			}
		}
	}
	w.seen[root] = max(w.seen[root], n)
}

// learned puts what was learned into roots, and says whether that was anything new.
func (w *world) learned(roots map[string]int) bool {
	fresh := false
	for root, n := range w.seen {
		if roots[root] < n {
			roots[root], fresh = n, true
		}
	}
	return fresh
}

// below gives the rest of a path below a folder; "" is the folder itself.
func below(folder, name string) (string, bool) {
	if folder == name {
		return "", true
	}
	if folder == "/" {
		return strings.TrimPrefix(name, "/"), true
	}
	return strings.CutPrefix(name, folder+"/")
}

// shown is a place as messages name it.
func (w *world) shown(p place) string {
	if p.disk == outside {
		return clear(p.name)
	}
	if p.name == "" {
		return "."
	}
	return p.name
}

// clear is a text with its stand-ins as a shell would write them.
func clear(s string) string {
	s = strings.ReplaceAll(s, start, ".")
	return strings.NewReplacer(opened, "$", closed, "", blank, " ").Replace(s)
}

// sortLongest sorts the longest first, those of one length by name.
func sortLongest(list []string) {
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
}
