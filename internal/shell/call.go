package shell

import (
	"bytes"
	"path"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// Call is one simple command, expanded.
type Call struct {
	scriptchanges.Spot
	Name string
	Args []Word // without the name
}

// First is the first argument that is not known, or nil.
func (c *Call) First() *Word {
	for i := range c.Args {
		if !c.Args[i].Known() {
			return &c.Args[i]
		}
	}
	return nil
}

// Texts are the arguments as they stand.
func (c *Call) Texts() []string {
	var out []string
	for _, a := range c.Args {
		out = append(out, a.Text)
	}
	return out
}

// call follows a simple command.
func (m *Machine) call(c *syntax.CallExpr) {
	*m.Steps++
	at := m.stmtAt
	if len(c.Args) == 0 {
		m.ran = false
		for _, a := range c.Assigns {
			m.assign(a)
		}
		if !m.ran { // else it is how the last substitution ended
			m.Status = Succeeded
		}
		m.Harmless(at)
		return
	}
	args := m.expanded
	if m.expanded = nil; args == nil {
		args = m.fields(c.Args)
	}
	if len(args) == 0 {
		m.Harmless(at)
		return
	}
	restore := m.prefixed(c.Assigns)
	name := args[0].Text
	m.Dispatch(&Call{Spot: at, Name: name, Args: args[1:]}, args[0])
	silent := m.Status == Succeeded && (m.commands.Always[name] != nil || m.commands.Writing[name] != nil) ||
		m.Status.Why == "" && m.commands.Silent[name]
	if m.err != nil && !silent && m.Funcs[name].body == nil {
		m.err.Why = "what " + path.Base(name) + " prints as an error"
	}
	restore()
}

// saved is a variable as it was.
type saved struct {
	v        expand.Variable
	had      bool
	why      string
	doubtful bool
}

func (m *Machine) Saved(name string) (old saved) {
	old.v, old.had = m.Vars[name]
	old.why, old.doubtful = m.Doubts[name]
	return old
}

func (m *Machine) Restore(name string, old saved) {
	delete(m.Vars, name)
	delete(m.Doubts, name)
	if old.had {
		m.Vars[name] = old.v
	}
	if old.doubtful {
		m.Doubts[name] = old.why
	}
}

// prefixed sets the variables of one command, and gives what takes them back.
func (m *Machine) prefixed(assigns []*syntax.Assign) func() {
	before := map[string]saved{}
	for _, a := range assigns {
		if _, again := before[a.Name.Value]; !again {
			before[a.Name.Value] = m.Saved(a.Name.Value)
		}
		m.assign(a)
		if v, had := m.Vars[a.Name.Value]; had {
			v.Exported = true
			m.Vars[a.Name.Value] = v
		}
	}
	return func() {
		for name, old := range before {
			m.Restore(name, old)
		}
	}
}

// Dispatch runs a command by its name.
func (m *Machine) Dispatch(c *Call, name Word) {
	if !name.Known() && !strings.HasPrefix(name.Text, placeholder.Folder) {
		if !m.Nested(c, name.Text) {
			m.Status = m.Unclear(c.Spot, name.Doubt())
		}
		return
	}
	if f, found := m.Funcs[c.Name]; found && m.unsure[c.Name] == "" {
		m.invoke(f, c.Args)
		return
	}
	if why := m.unsure[c.Name]; why != "" {
		m.Status = m.Unclear(c.Spot, why)
		return
	}
	if dir := path.Dir(c.Name); dir == "/bin" || dir == "/usr/bin" || dir == "/usr/local/bin" {
		c.Name = path.Base(c.Name)
	}
	switch {
	case m.commands.Always[c.Name] != nil:
		m.Status = m.commands.Always[c.Name](m, c)
		return
	case m.HeldLine != 0:
		if !m.commands.Quiet[c.Name] {
			m.held(c.Spot)
		}
		m.Status = Succeeded
		return
	case m.commands.Writing[c.Name] != nil:
		m.Status = m.commands.Writing[c.Name](m, c)
		return
	case strings.Contains(c.Name, "/"):
		if !m.Nested(c, c.Name) {
			m.Status = m.Foreign(c)
		}
		return
	case m.commands.Quiet[c.Name]:
		m.PrintsUnknown(c.Name)
		m.Status = m.Nothing(c)
		if m.commands.Asking[c.Name] {
			m.Status = Status{Why: "what " + c.Name + " finds"}
		}
		return
	}
	m.Status = m.Foreign(c)
}

// held notes a command that a failed guard keeps from running.
func (m *Machine) held(s scriptchanges.Spot) {
	m.Undecided(s, "%s", m.HeldWhy)
}

// PrintsUnknown records that what the command prints is not known.
func (m *Machine) PrintsUnknown(name string) {
	if m.Out != nil {
		m.Out.Why = "what " + name + " prints"
	}
}

func (m *Machine) Print(data []byte) {
	if m.Out == nil {
		return
	}
	if len(m.Out.Data)+len(data) > MaxOutput {
		m.Out.Why = "an output that is too long"
		return
	}
	m.Out.Data = append(m.Out.Data, data...)
	m.Out.Free = m.Out.Free || m.In != nil && m.In.Free && len(data) > 0
}

// PrintedSoFar is how many bytes the output has.
func (m *Machine) PrintedSoFar() int {
	if m.Out == nil {
		return 0
	}
	return len(m.Out.Data)
}

// Listed notes that what was printed since are names in the order of a disk, where they are more than one.
func (m *Machine) Listed(before int) {
	if m.Out != nil && bytes.Count(m.Out.Data[before:], []byte("\n"))+bytes.Count(m.Out.Data[before:], []byte{0}) > 1 {
		m.Out.Free = true
	}
}

// DoubtNamed marks the files that a command names as uncertain.
func (m *Machine) DoubtNamed(c *Call) {
	for _, a := range c.Args {
		name := a.Text
		if _, value, found := strings.Cut(name, "="); found && strings.HasPrefix(name, "-") {
			name = value
		}
		m.Place(name, false) // a program is given files that are there, which shows where the tree lies
		p, known := m.Place(name, true)
		if !known || p.Name == "" || strings.HasPrefix(name, "-") {
			continue
		}
		switch {
		case m.World.Read(p) != nil:
			m.Doubt(c.Spot, p, path.Base(c.Name)+" may have changed it")
		case p.Disk == scriptfiles.InTree && m.World.IsFolder(p):
			for _, one := range m.World.Files(p) {
				m.Doubt(c.Spot, one, path.Base(c.Name)+" may have changed it")
			}
		}
	}
}

// DispatchArgs runs a command that another one builds.
func (m *Machine) DispatchArgs(c *Call, args []Word) Status {
	*m.Steps++
	m.Dispatch(&Call{Spot: c.Spot, Name: args[0].Text, Args: args[1:]}, args[0])
	return m.Status
}
