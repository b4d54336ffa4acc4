package script

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// rm removes files, and folders where it is asked to.
func (m *machine) rm(c *call) status {
	options, rest := operands(c.args, "")
	deep, force := has(options, "r", "R", "recursive"), has(options, "f", "force")
	files, order := map[place]*file{}, []place{}
	result := succeeded
	for _, w := range rest {
		p, known := m.entry(w.s)
		if !known || w.why != "" && !startsMarked(w.s) {
			return m.unclear(c.spot, w.doubt())
		}
		f := m.world.read(p)
		switch {
		case f != nil:
			files[p] = &file{gone: true, scratch: f.scratch}
			order = append(order, p)
		case m.world.isFolder(p) && deep && p.name != "":
			for _, one := range m.world.files(p) {
				files[one] = &file{gone: true, scratch: m.world.read(one).scratch}
				order = append(order, one)
			}
			if m.perhaps == "" {
				m.world.vanish(p)
			}
		case m.world.isFolder(p) && deep: // the whole tree: a copy of it is made anew, or thrown away at the end
		case m.world.isFolder(p) && has(options, "d", "dir") && len(m.world.list(p)) == 0:
			m.world.write(p, &file{gone: true})
		case m.world.isFolder(p):
			m.undecided(c.spot, "not expressible: rm without -r removes no folder")
			result = failed
		case !force && p.disk == inTree:
			result = m.gone(c.spot, p)
		}
	}
	m.put(c.spot, &effect{kind: patched}, files, order)
	return result
}

// rmdir removes folders that are empty.
func (m *machine) rmdir(c *call) status {
	_, rest := operands(c.args, "")
	result := succeeded
	for _, w := range rest {
		p, known := m.entry(w.s)
		switch {
		case !known || p.disk == outside:
			result = status{why: "what is in " + clear(w.s)}
		case !m.world.isFolder(p) || len(m.world.list(p)) > 0:
			result = failed
		default:
			m.world.write(p, &file{gone: true})
		}
	}
	m.harmless(c.spot)
	return result
}

// mkdir makes folders, which git does not keep.
func (m *machine) mkdir(c *call) status {
	options, rest := operands(c.args, "mog")
	deep := has(options, "p", "parents") || c.name == "install"
	result := succeeded
	m.harmless(c.spot)
	for _, w := range rest {
		p, known := m.place(w.s, true)
		switch {
		case !known || p.name == "":
		case m.world.read(p) != nil || m.world.isFolder(p) && !deep:
			if p.disk == outside {
				result = status{why: "what is at " + clear(w.s)}
				continue
			}
			result = failed
		case !deep && m.nowhere(c.spot, p):
			result = failed
		case !m.world.exists(p):
			m.world.write(p, &file{folder: true})
		}
	}
	return result
}

// touch changes times, which git does not keep, and makes files that are empty.
func (m *machine) touch(c *call) status {
	options, rest := operands(c.args, "drt")
	files, order := map[place]*file{}, []place{}
	result := succeeded
	for _, w := range rest {
		p, known := m.place(w.s, true)
		switch {
		case !known || w.why != "" && !startsMarked(w.s):
			return m.unclear(c.spot, w.doubt())
		case m.world.exists(p) || has(options, "c", "no-create"):
		case m.nowhere(c.spot, p):
			result = failed
		default:
			files[p] = &file{mode: tree.Regular, data: []byte{}}
			order = append(order, p)
		}
	}
	m.put(c.spot, &effect{kind: replaced}, files, order)
	return result
}

// truncate cuts files, or fills them with zeros, to a length.
func (m *machine) truncate(c *call) status {
	options, rest := operands(c.args, "sr")
	size, found := options["s"]
	if !found {
		size = options["size"]
	}
	n := number(size.s)
	if n < 0 || n > maxOutput || strings.HasPrefix(size.s, "+") || !size.known() {
		m.doubtNamed(c)
		return m.undecided(c.spot, "not expressible: the import does not follow truncate to the length %q", size.s)
	}
	files, order := map[place]*file{}, []place{}
	for _, w := range rest {
		p, known := m.place(w.s, true)
		if !known || w.why != "" && !startsMarked(w.s) {
			return m.unclear(c.spot, w.doubt())
		}
		if m.nowhere(c.spot, p) {
			return failed
		}
		f := m.world.read(p)
		switch {
		case f == nil && has(options, "c", "no-create"):
			continue
		case f == nil:
			f = &file{mode: tree.Regular}
		case f.why != "" && n > 0:
			m.undecided(c.spot, "%s is uncertain: %s", m.world.shown(p), m.certain(f))
			continue
		}
		data := make([]byte, n)
		copy(data, f.data)
		files[p] = &file{mode: f.mode, data: data}
		order = append(order, p)
	}
	m.put(c.spot, &effect{kind: replaced}, files, order)
	return succeeded
}

// link is ln. A symbolic link within the tree is made; others are named.
func (m *machine) link(c *call) status {
	options, rest := operands(c.args, "tS")
	if t, found := options["t"]; found {
		rest = append(rest, t)
	} else if len(rest) == 1 {
		rest = append(rest, word{s: "."})
	}
	if len(rest) < 2 {
		return m.undecided(c.spot, "not expressible: ln has no target")
	}
	last := rest[len(rest)-1]
	to, known := m.place(last.s, true)
	if known && last.known() && to.disk == outside {
		return m.nothing(c)
	}
	into := m.world.isFolder(to) && !has(options, "T")
	if has(options, "n", "no-dereference") || !into {
		to, known = m.entry(last.s)
		into = m.world.isFolder(to) && !has(options, "T")
	}
	files, order := map[place]*file{}, []place{}
	result := succeeded
	for _, w := range rest[:len(rest)-1] {
		at := to
		if into {
			at.name = path.Join(to.name, path.Base(w.s))
		}
		leads := path.Join("/", path.Dir(at.name), "x", "..", w.s)
		outOfTree := path.IsAbs(w.s) || strings.HasPrefix(path.Join(path.Dir(at.name), w.s), "..") || leads == "/"
		switch {
		case !known || !w.known() || !last.known():
			return m.unclear(c.spot, w.doubt()+last.doubt())
		case !has(options, "s", "symbolic") || has(options, "r", "relative") || outOfTree || at.disk != inTree:
			m.doubt(c.spot, at, "it makes a link")
			m.undecided(c.spot, "not expressible: it makes a link, which the import does not follow")
			continue
		case m.nowhere(c.spot, at):
			return failed
		case m.world.exists(at) && !has(options, "f", "force"):
			result = failed
			continue
		case m.world.isFolder(at):
			result = failed
			continue
		}
		files[at] = &file{mode: tree.Symlink, data: []byte(w.s)}
		order = append(order, at)
	}
	m.put(c.spot, &effect{kind: patched}, files, order)
	return result
}
