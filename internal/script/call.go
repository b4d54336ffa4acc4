package script

import (
	"bytes"
	"path"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// call is one simple command, expanded.
type call struct {
	spot
	name string
	args []word // without the name
}

// first is the first argument that is not known, or nil.
func (c *call) first() *word {
	for i := range c.args {
		if !c.args[i].known() {
			return &c.args[i]
		}
	}
	return nil
}

// texts are the arguments as they stand.
func (c *call) texts() []string {
	var out []string
	for _, a := range c.args {
		out = append(out, a.s)
	}
	return out
}

// call follows a simple command.
func (m *machine) call(c *syntax.CallExpr) {
	*m.steps++
	at := m.stmtAt
	if len(c.Args) == 0 {
		m.status = succeeded
		for _, a := range c.Assigns {
			m.assign(a)
		}
		m.harmless(at)
		return
	}
	args := m.expanded
	if m.expanded = nil; args == nil {
		args = m.fields(c.Args)
	}
	if len(args) == 0 {
		m.harmless(at)
		return
	}
	restore := m.prefixed(c.Assigns)
	name := args[0].s
	m.dispatch(&call{spot: at, name: name, args: args[1:]}, args[0])
	if silent := m.status == succeeded && (builtins[name] != nil || writers[name] != nil) || m.status.why == "" &&
		tests[name]; m.err != nil && !silent && m.funcs[name].body == nil {
		m.err.why = "what " + base(name) + " prints as an error"
	}
	restore()
}

// tests are the commands that fail without a word.
var tests = set("true false test [ : grep egrep fgrep echo printf return break continue exit read")

// saved is a variable as it was.
type saved struct {
	v        expand.Variable
	had      bool
	why      string
	doubtful bool
}

func (m *machine) saved(name string) (old saved) {
	old.v, old.had = m.vars[name]
	old.why, old.doubtful = m.doubts[name]
	return old
}

func (m *machine) restore(name string, old saved) {
	delete(m.vars, name)
	delete(m.doubts, name)
	if old.had {
		m.vars[name] = old.v
	}
	if old.doubtful {
		m.doubts[name] = old.why
	}
}

// prefixed sets the variables of one command, and gives what takes them back.
func (m *machine) prefixed(assigns []*syntax.Assign) func() {
	before := map[string]saved{}
	for _, a := range assigns {
		if _, again := before[a.Name.Value]; !again {
			before[a.Name.Value] = m.saved(a.Name.Value)
		}
		m.assign(a)
		if v, had := m.vars[a.Name.Value]; had {
			v.Exported = true
			m.vars[a.Name.Value] = v
		}
	}
	return func() {
		for name, old := range before {
			m.restore(name, old)
		}
	}
}

// dispatch runs a command by its name.
func (m *machine) dispatch(c *call, name word) {
	if !name.known() && !strings.HasPrefix(name.s, start) {
		if !m.nested(c, name.s) {
			m.status = m.unclear(c.spot, name.doubt())
		}
		return
	}
	if f, found := m.funcs[c.name]; found && m.unsure[c.name] == "" {
		m.invoke(f, c.args)
		return
	}
	if why := m.unsure[c.name]; why != "" {
		m.status = m.unclear(c.spot, why)
		return
	}
	if dir := path.Dir(c.name); dir == "/bin" || dir == "/usr/bin" || dir == "/usr/local/bin" {
		c.name = path.Base(c.name)
	}
	switch {
	case builtins[c.name] != nil:
		m.status = builtins[c.name](m, c)
		return
	case m.heldLine != 0:
		if !quiet[c.name] {
			m.held(c.spot)
		}
		m.status = succeeded
		return
	case writers[c.name] != nil:
		m.status = writers[c.name](m, c)
		return
	case strings.Contains(c.name, "/"):
		if !m.nested(c, c.name) {
			m.status = m.foreign(c)
		}
		return
	case quiet[c.name]:
		m.printsUnknown(c.name)
		m.harmless(c.spot)
		m.status = succeeded
		if asking[c.name] {
			m.status = status{why: "what " + c.name + " finds"}
		}
		return
	}
	m.status = m.foreign(c)
}

// held notes a command that a failed guard keeps from running.
func (m *machine) held(s spot) {
	m.undecided(s, "%s", m.heldWhy)
}

// printsUnknown says that what the command prints is not known.
func (m *machine) printsUnknown(name string) {
	if m.out != nil {
		m.out.why = "what " + name + " prints"
	}
}

// print prints a text.
func (m *machine) print(data []byte) {
	if m.out == nil {
		return
	}
	if len(m.out.data)+len(data) > maxOutput {
		m.out.why = "an output that is too long"
		return
	}
	m.out.data = append(m.out.data, data...)
	m.out.free = m.out.free || m.in != nil && m.in.free && len(data) > 0
}

// printedSoFar is how many bytes the output has.
func (m *machine) printedSoFar() int {
	if m.out == nil {
		return 0
	}
	return len(m.out.data)
}

// listed notes that what was printed since are names in the order of a disk, where they are more than one.
func (m *machine) listed(before int) {
	if m.out != nil && bytes.Count(m.out.data[before:], []byte("\n"))+bytes.Count(m.out.data[before:], []byte{0}) > 1 {
		m.out.free = true
	}
}

// foreign notes a program that is not followed. The files that it names are uncertain afterwards.
func (m *machine) foreign(c *call) status {
	m.printsUnknown(c.name)
	m.doubtNamed(c)
	m.undecided(c.spot, "not expressible: %s may change files", base(c.name))
	return status{why: "what " + base(c.name) + " does"}
}

// doubtNamed makes the files that a command names uncertain.
func (m *machine) doubtNamed(c *call) {
	for _, a := range c.args {
		name := a.s
		if _, value, found := strings.Cut(name, "="); found && strings.HasPrefix(name, "-") {
			name = value
		}
		p, known := m.place(name, true)
		if !known || p.name == "" || strings.HasPrefix(name, "-") {
			continue
		}
		switch {
		case m.world.read(p) != nil:
			m.doubt(c.spot, p, base(c.name)+" may have changed it")
		case p.disk == inTree && m.world.isFolder(p):
			for _, one := range m.world.files(p) {
				m.doubt(c.spot, one, base(c.name)+" may have changed it")
			}
		}
	}
}

// dispatchArgs runs a command that another one builds.
func (m *machine) dispatchArgs(c *call, args []word) status {
	*m.steps++
	m.dispatch(&call{spot: c.spot, name: args[0].s, args: args[1:]}, args[0])
	return m.status
}
