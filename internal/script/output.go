package script

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// output is a redirection to a file, which the shell makes, or empties, before the command runs.
func (m *machine) output(r *syntax.Redirect, at spot) (*target, bool) {
	w := m.literal(r.Word)
	both := r.Op == syntax.RdrAll || r.Op == syntax.AppAll
	number := fd(r)
	t := &target{name: w.s, append: r.Op == syntax.AppOut || r.Op == syntax.AppAll, out: &stream{}}
	var found bool
	if t.place, found = m.place(w.s, true); !found || w.why != "" && !startsMarked(w.s) {
		t.why = w.doubt()
	}
	if t.why == "" && !strings.HasPrefix(w.s, "/dev/") && m.heldLine == 0 {
		if m.nowhere(at, t.place) {
			return nil, false
		}
		f := m.world.read(t.place)
		if m.perhaps == "" && !m.world.isFolder(t.place) && (f == nil || !t.append && f.why == "") {
			t.before = m.world.over[t.place]
			t.effects = len(m.log.effects)
			t.empty = &file{mode: m.modeOf(t.place), data: []byte{}}
			m.world.over[t.place] = t.empty
			if m.in != nil && m.in.from == t.place && t.place.name != "" {
				m.in = &stream{from: t.place}
			}
		} else if f != nil && t.append && len(f.data) > 0 {
			t.out.end, t.before, t.opened = t.place, m.world.over[t.place], true
		}
	}
	switch {
	case both:
		m.out, m.err = t.out, t.out
	case number == "1":
		m.out = t.out
	case number == "2":
		m.err = t.out
	default:
		t.out.why = "what descriptor " + number + " takes"
	}
	return t, true
}

// nowhere notes a file whose folder is not there, so that nothing can write it.
func (m *machine) nowhere(at spot, p place) bool {
	folder := place{p.disk, path.Dir(p.name)}
	if p.disk != inTree || folder.name == "." || m.world.isFolder(folder) || m.world.exists(p) {
		return false
	}
	m.undecided(at, "not expressible: there is no folder %s here, so this fails", m.world.shown(folder))
	return true
}
