package script

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/importer"
)

// place where a command of the script stands.
type spot struct {
	line int
	text string
}

// harmless notes a command that changes no file of the tree.
func (m *machine) harmless(s spot) {
	m.log.say(importer.ScriptLine{Line: s.line, Text: s.text, Said: nothing, Done: true})
}

// undecided notes a command that a person has to look at.
func (m *machine) undecided(s spot, format string, args ...any) status {
	why := clear(fmt.Sprintf(format, args...))
	m.log.problems++
	m.log.say(importer.ScriptLine{Line: s.line, Text: s.text, Said: why})
	return succeeded
}

// unclear notes a command whose meaning hangs on a value that is not known.
func (m *machine) unclear(s spot, why string) status {
	return m.undecided(s, "not expressible: it uses a value that is known only at run time: %s", why)
}

// gone notes that a file is not in the tree.
func (m *machine) gone(s spot, p place) status {
	if isMarked(p.name) && p.disk != beside {
		m.unclear(s, word{s: p.name}.doubt())
		return failed
	}
	name := m.world.shown(p)
	if strings.ContainsAny(name, "*?[") {
		m.undecided(s, "matches nothing: no file is named %s", name)
		return failed
	}
	m.log.problems++
	f := importer.ScriptLine{Line: s.line, Text: s.text, Said: "file gone: " + name}
	if p.disk == inTree {
		f.Gone = name
	}
	m.log.say(f)
	return failed
}

// skipped notes a command that does not run at the pin, and why.
func (m *machine) skipped(s spot, why string) {
	m.log.say(importer.ScriptLine{Line: s.line, Text: s.text, Said: "does not run here: " + why, Done: true})
}

// doubt makes a file uncertain from here on.
func (m *machine) doubt(s spot, p place, why string) {
	if p.name == "" {
		return
	}
	f := &file{why: why, line: s.line}
	if old := m.world.read(p); old != nil {
		f.data, f.mode, f.scratch = old.data, old.mode, old.scratch
	}
	m.world.write(p, f)
}

// certain gives a file's content, or says why it is not certain.
func (m *machine) certain(f *file) string {
	if f.why == "" {
		return ""
	}
	return fmt.Sprintf("%s, since line %d", f.why, f.line)
}

// put writes files of the tree as one command's effect, and others as they are.
func (m *machine) put(s spot, e *effect, files map[place]*file, order []place) {
	e.line, e.text = s.line, s.text
	for _, p := range order {
		if m.perhaps != "" {
			m.doubt(s, p, "a command in a condition that is known only at run time ("+m.perhaps+") may have changed it")
			if p.disk == inTree {
				e.files = append(e.files, written{name: p.name})
			}
			continue
		}
		f := files[p]
		if p.disk == inTree && !f.folder && !f.scratch {
			e.files = append(e.files, written{name: p.name, before: m.world.read(p), after: alive(f)})
		}
		m.world.write(p, f)
	}
	m.record(s, e)
}

func alive(f *file) *file {
	if f == nil || f.gone {
		return nil
	}
	return f
}

// record keeps an effect. One in a condition that is not known has no effect that is certain.
func (m *machine) record(s spot, e *effect) {
	if m.perhaps != "" {
		if len(e.files) > 0 {
			m.undecided(s, "not expressible: whether it runs is known only at run time: %s", m.perhaps)
		}
		return
	}
	if len(e.files) == 0 {
		m.harmless(s)
		return
	}
	m.log.effects = append(m.log.effects, e)
}
