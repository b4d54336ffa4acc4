package shell

import (
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
)

func (m *Machine) Nothing(c *Call) Status {
	m.Log.Nothing(c.Spot, m.Image && m.commands.Machine(c))
	return Succeeded
}

// Harmless notes a command that changes no file of the tree.
func (m *Machine) Harmless(s scriptchanges.Spot) {
	m.Log.Nothing(s, false)
}

// Undecided notes a command that a person has to look at.
func (m *Machine) Undecided(s scriptchanges.Spot, format string, args ...any) Status {
	m.Offer(s, importer.Next{}, format, args...)
	return Succeeded
}

// Offer notes a command that a person has to look at, and what takes in by itself what it does.
func (m *Machine) Offer(s scriptchanges.Spot, next importer.Next, format string, args ...any) {
	why := placeholder.Shown(fmt.Sprintf(format, args...))
	m.Log.Problems++
	m.Log.Say(importer.ScriptLine{Line: s.Line, Text: s.Text, In: s.In, Said: why, Next: next})
}

// Unclear notes a command whose meaning hangs on a value that is not known.
func (m *Machine) Unclear(s scriptchanges.Spot, why string) Status {
	if why == "" {
		why = m.Doubtful(Word{})
	}
	if placeholder.IsLost("/" + placeholder.For(why)) {
		return m.Undecided(s, "not expressible: %s", why)
	}
	return m.Undecided(s, "not expressible: it uses a value that is known only at run time: %s", why)
}

// Gone notes that a file is not in the tree.
func (m *Machine) Gone(s scriptchanges.Spot, p scriptfiles.Place) Status {
	if placeholder.In(p.Name) && p.Disk != scriptfiles.Beside {
		m.Unclear(s, Word{Text: p.Name}.Doubt())
		return Failed
	}
	name := m.World.Shown(p)
	if strings.ContainsAny(name, "*?[") {
		m.Undecided(s, "matches nothing: no file is named %s", name)
		return Failed
	}
	m.Log.Problems++
	f := importer.ScriptLine{Line: s.Line, Text: s.Text, In: s.In, Said: "file gone: " + name}
	if p.Disk == scriptfiles.InTree {
		f.Gone = name
	}
	m.Log.Say(f)
	return Failed
}

// skipped notes a command that does not run at the pin, and why.
func (m *Machine) skipped(s scriptchanges.Spot, why string) {
	m.Log.Say(importer.ScriptLine{Line: s.Line, Text: s.Text, In: s.In, Said: "does not run here: " + why, Done: true})
}

// Doubt marks a file as uncertain from here on.
func (m *Machine) Doubt(s scriptchanges.Spot, p scriptfiles.Place, why string) {
	if p.Name == "" {
		return
	}
	f := &scriptfiles.File{Why: why, Line: s.Line, Since: s.Where()}
	if old := m.World.Read(p); old != nil {
		f.Data, f.Mode, f.Scratch = old.Data, old.Mode, old.Scratch
	}
	m.World.Write(p, f)
}

// Put writes files of the tree as one command's effect, and others as they are.
func (m *Machine) Put(
	s scriptchanges.Spot, e *scriptchanges.Effect, files map[scriptfiles.Place]*scriptfiles.File,
	order []scriptfiles.Place,
) {
	e.Line, e.Text, e.In = s.Line, s.Text, s.In
	for _, p := range order {
		m.MayHold(s, p)
		if m.Perhaps != "" {
			m.Doubt(s, p, "a command in a condition that is known only at run time ("+m.Perhaps+") may have changed it")
			if p.Disk == scriptfiles.InTree {
				e.Files = append(e.Files, scriptchanges.Written{Name: p.Name})
			}
			continue
		}
		f := files[p]
		if f != nil {
			*m.Steps += len(f.Data) / writtenStep
		}
		if p.Disk == scriptfiles.InTree && !f.Folder && !f.Scratch {
			w := scriptchanges.Written{Name: p.Name, Before: m.World.Read(p), After: alive(f)}
			if w.Before != nil && w.Before.Why != "" && w.Before.Mode == 0 {
				w.Before = nil // only what is not followed may have made it
			}
			if w.Before != nil || w.After != nil {
				e.Files = append(e.Files, w)
			}
		}
		m.World.Write(p, f)
	}
	isOfImage := func(p scriptfiles.Place) bool { return p.IsOfImage() && alive(files[p]) != nil }
	if m.Image && m.Perhaps == "" && len(e.Files) == 0 && slices.ContainsFunc(order, isOfImage) {
		m.Log.Nothing(s, true)
		return
	}
	m.record(s, e)
}

// MayHold notes a file in a folder outside of the tree that may be the tree all the same.
func (m *Machine) MayHold(s scriptchanges.Spot, p scriptfiles.Place) {
	if file, isUnknown := strings.CutPrefix(p.Name, "/"+placeholder.Open); p.Disk == scriptfiles.Outside && isUnknown &&
		strings.Index(file, placeholder.Close) == len(file)-len(placeholder.Close) {
		m.Undecided(s, "tree?: nothing in the script shows whether %s is a file of Mastodon's tree",
			strings.TrimPrefix(placeholder.Shown(p.Name), "/"))
	}
	if _, here := scriptfiles.Below(m.Cwd, p.Name); here && p.Disk == scriptfiles.Outside && m.World.MayHold(m.Cwd) {
		m.Undecided(s, "tree?: nothing in the script shows whether %s is Mastodon's tree",
			placeholder.Shown(m.Cwd))
	}
}

func alive(f *scriptfiles.File) *scriptfiles.File {
	if f == nil || f.Gone {
		return nil
	}
	return f
}

// record keeps an effect. One in a condition that is not known has no effect that is certain.
func (m *Machine) record(s scriptchanges.Spot, e *scriptchanges.Effect) {
	if m.Perhaps != "" {
		if len(e.Files) > 0 {
			m.Offer(s, e.Next, "not expressible: whether it runs is known only at run time: %s", m.Perhaps)
		}
		return
	}
	if len(e.Files) == 0 {
		m.Harmless(s)
		return
	}
	m.Log.Effects = append(m.Log.Effects, e)
}
