package shell

import (
	"bytes"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// output is a redirection to a file, which the shell makes, or empties, before the command runs.
func (m *Machine) output(r *syntax.Redirect, at scriptchanges.Spot) (*target, bool) {
	w := m.literal(r.Word)
	both := r.Op == syntax.RdrAll || r.Op == syntax.AppAll
	number := bash.Descriptor(r)
	t := &target{name: w.Text, append: r.Op == syntax.AppOut || r.Op == syntax.AppAll, out: &Stream{}}
	var found bool
	if t.place, found = m.Place(w.Text, true); !found || w.Why != "" && !placeholder.Begins(w.Text) {
		t.why = m.Doubtful(w)
	}
	if t.why == "" && !strings.HasPrefix(w.Text, "/dev/") && m.HeldLine == 0 {
		if m.Nowhere(at, t.place) {
			return nil, false
		}
		f := m.World.Read(t.place)
		if m.Perhaps == "" && !m.World.IsFolder(t.place) && (f == nil || !t.append && f.Why == "") {
			t.before = m.World.Over[t.place]
			t.effects = len(m.Log.Effects)
			t.empty = &scriptfiles.File{Mode: m.World.ModeOf(t.place), Data: []byte{}}
			m.World.Over[t.place] = t.empty
			if m.In != nil && m.In.from == t.place && t.place.Name != "" {
				m.In = &Stream{from: t.place}
			}
		} else if f != nil && t.append && len(f.Data) > 0 {
			t.out.End, t.before, t.opened = t.place, m.World.Over[t.place], true
		}
	}
	switch {
	case both:
		m.Out, m.err = t.out, t.out
	case number == "1":
		m.Out = t.out
	case number == "2":
		m.err = t.out
	default:
		t.out.Why = "what descriptor " + number + " takes"
	}
	return t, true
}

// Nowhere notes a file whose folder is not there, so that nothing can write it.
func (m *Machine) Nowhere(at scriptchanges.Spot, p scriptfiles.Place) bool {
	folder := scriptfiles.At(p.Disk, path.Dir(p.Name))
	if p.Disk != scriptfiles.InTree || folder.Name == "." || m.World.IsFolder(folder) || m.World.Exists(p) {
		return false
	}
	m.Undecided(at, "not expressible: there is no folder %s here, so this fails", m.World.Shown(folder))
	return true
}

// WriteTo writes a stream to the file that a word names, as a redirection does. What is left of the stream is without
// what the file had, if it is read from there. It reports false where nothing can write the file.
func (m *Machine) WriteTo(c *Call, file Word, in *Stream, toEnd bool) (left *Stream, wrote bool) {
	t := &target{name: file.Text, append: toEnd, out: &Stream{Data: bytes.Clone(in.Data), Why: in.Why, Free: in.Free}}
	p, known := m.Place(file.Text, true)
	if known && in.from == p && p.Name != "" { // it is emptied first, or the command reads what it writes
		if t.out.Data = nil; toEnd {
			t.out.Why = "a file that " + c.Name + " reads while it writes to it"
		}
		in = &Stream{Why: t.out.Why}
	}
	if t.place = p; !known || file.Why != "" && !placeholder.Begins(file.Text) {
		t.why = m.Doubtful(file)
	} else if m.Nowhere(c.Spot, p) {
		return in, false
	}
	m.flush(t, c.Spot)
	return in, true
}
