package shell

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// Nested follows a script that lies beside this one. It says whether there is one of that name.
func (m *Machine) Nested(c *Call, name string) bool {
	p, known := m.Place(name, false)
	if !known {
		return false
	}
	f := m.World.Read(p)
	if f == nil || p.Disk == scriptfiles.InTree && !strings.HasSuffix(name, ".sh") || f.Why != "" {
		return false
	}
	if _, isShell := bash.Interpreter(string(f.Data)); !isShell {
		return false // python, ruby, perl
	}
	m.Subshell(func(sub *Machine) {
		sub.Inherit()
		sub.Params = Plain(c.Args)
		sub.Bash, sub.Errexit = bash.Shebang(f.Data)
		sub.RunFile(c, p, f)
		sub.Flow = Onward
	})
	return true
}

// Inherit leaves to another shell what it gets of this one: variables that are exported, the folder and the files. A
// variable that is not exported here may be one of the environment, and is unknown there.
func (m *Machine) Inherit() {
	for name, v := range m.Vars {
		if !v.Exported || v.Kind != expand.String {
			delete(m.Vars, name)
		}
	}
	m.Funcs, m.unsure, m.Options, m.Errexit = map[string]function{}, map[string]string{}, options{}, false
	m.exotic, m.pipes, m.guarded, m.caught, m.locals = &bash.Exotic{}, nil, 0, m.guarded > 0, nil
	delete(m.Traps, "ERR")
}

// nestedFile is a file that the script runs.
type nestedFile struct {
	name string
	line int    // of the script, on which it is called
	by   string // the line of another such file that calls it, with a colon
}

// spotOf is where a command begins that stands on a line of the file that is followed.
func (m *Machine) spotOf(line int, text string) scriptchanges.Spot {
	if m.in == nil {
		return scriptchanges.Spot{Line: line, Text: text}
	}
	at := fmt.Sprintf("%s:%d", m.in.name, line)
	return scriptchanges.Spot{Line: m.in.line, Text: m.in.by + at + ": " + text, In: at}
}

// RunFile follows another file's commands; what it says is said of the line that calls it.
func (m *Machine) RunFile(c *Call, p scriptfiles.Place, f *scriptfiles.File) {
	file, err := m.Parse(p.Name, f.Data, bash.Origin{})
	if err != nil {
		m.Status = m.Undecided(c.Spot, "not expressible: %v", err)
		return
	}
	m.Log.CommentsIn(p.Name, file)
	outer, by, own, in := m.Text, m.Origin, m.own, m.in
	if m.Depth++; m.Depth > 20 {
		m.Undecided(c.Spot, "not expressible: the scripts call each other endlessly")
	} else {
		m.Text, m.Origin, m.own = string(f.Data), bash.Origin{}, p.Name
		m.in = &nestedFile{name: p.Name, line: c.Line}
		if c.In != "" {
			m.in.by = c.In + ": "
		}
		m.Stmts(file.Stmts)
	}
	m.Depth--
	m.Text, m.Origin, m.own, m.in = outer, by, own, in
}

// Inner follows commands that are a text of the script.
func (m *Machine) Inner(c *Call, text string) {
	from := m.innerOrigin(text, c.Line)
	f, err := m.Parse(m.Src.File, []byte(text), from)
	if err != nil {
		m.Status = m.Undecided(c.Spot, "not expressible: %v", err)
		return
	}
	m.within(f, text, from)
}

// within follows another text's commands as if they stood here.
func (m *Machine) within(f *syntax.File, text string, from bash.Origin) {
	if m.Depth++; m.Depth > 100 {
		m.Depth--
		return
	}
	outer, by := m.Text, m.Origin
	m.Text, m.Origin = text, from
	m.Stmts(f.Stmts)
	m.Text, m.Origin = outer, by
	m.Depth--
}

// innerOrigin returns where a text of the statement that is followed stands: at the place at which it is written word
// by word, such as between quotes or in a here-document, or else on the statement's line.
func (m *Machine) innerOrigin(text string, line int) bash.Origin {
	if from := min(m.stmtFrom, len(m.Text)); text != "" {
		if i := strings.Index(m.Text[from:], text); i >= 0 {
			return m.Origin.Within(m.Text, from+i)
		}
	}
	return bash.Origin{Shift: line - 1}
}
