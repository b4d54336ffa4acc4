package script

import "github.com/howdah/howdah/internal/tree"

// rm removes files, and folders where it is asked to.
func (m *machine) rm(c *call) status {
	options, rest := operands(c.args, "")
	deep, force := has(options, "r", "R", "recursive"), has(options, "f", "force")
	files, order := map[place]*file{}, []place{}
	for _, w := range rest {
		p, known := m.place(w.s, true)
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
			m.world.write(p, &file{gone: true})
		case m.world.isFolder(p) && deep: // the whole tree: a copy of it is made anew, or thrown away at the end
		case m.world.isFolder(p):
			return m.undecided(c.spot, "not expressible: rm without -r removes no folder")
		case !force && p.disk == inTree:
			return m.gone(c.spot, p)
		}
	}
	m.put(c.spot, &effect{kind: patched}, files, order)
	return succeeded
}

func (m *machine) rmdir(c *call) status { return m.nothing(c) }

// mkdir makes folders, which git does not keep.
func (m *machine) mkdir(c *call) status {
	_, rest := operands(c.args, "mog")
	for _, w := range rest {
		p, known := m.place(w.s, true)
		if known && p.name != "" && !m.world.exists(p) {
			m.world.write(p, &file{folder: true})
		}
	}
	m.harmless(c.spot)
	return succeeded
}

// touch changes times, which git does not keep; a file that it would make is left to a person.
func (m *machine) touch(c *call) status {
	_, rest := operands(c.args, "drt")
	for _, w := range rest {
		p, known := m.place(w.s, true)
		if !known || w.why != "" && !startsMarked(w.s) {
			return m.unclear(c.spot, w.doubt())
		}
		if !m.world.exists(p) {
			if p.disk != inTree {
				m.world.write(p, &file{mode: tree.Regular})
				continue
			}
			m.doubt(c.spot, p, "touch may have made it")
			return m.undecided(c.spot, "not expressible: touch may change files: it would make %s, which is empty",
				m.world.shown(p))
		}
	}
	m.harmless(c.spot)
	return succeeded
}
