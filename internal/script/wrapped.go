package script

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// eval runs a text as commands.
func (m *machine) eval(c *call) status {
	if w := c.first(); w != nil {
		return m.unclear(c.spot, w.doubt())
	}
	m.inner(c, strings.Join(c.texts(), " "))
	return m.status
}

// inner follows commands that are a text of the script.
func (m *machine) inner(c *call, text string) {
	f, err := m.parse(m.src.File, []byte(text), c.line-1)
	if err != nil {
		m.status = m.undecided(c.spot, "not expressible: %v", err)
		return
	}
	m.within(f, text, c.line-1)
}

// within follows another text's commands as if they stood here.
func (m *machine) within(f *syntax.File, text string, shift int) {
	if m.depth++; m.depth > 100 {
		m.depth--
		return
	}
	outer, by := m.text, m.shift
	m.text, m.shift = text, shift
	m.stmts(f.Stmts)
	m.text, m.shift = outer, by
	m.depth--
}

// wrapped runs the command behind sudo, env, exec and their like.
func (m *machine) wrapped(c *call) status {
	args := c.args
	takes := map[string]string{"sudo": "ugCDhpRrTt", "doas": "uC", "nice": "n", "env": "uCS", "exec": "a"}[c.name]
	if c.name == "command" && len(args) > 0 && (args[0].s == "-v" || args[0].s == "-V") {
		return m.installed(c, args[1:])
	}
	for len(args) > 0 {
		a := args[0].s
		switch {
		case strings.HasPrefix(a, "-") && len(a) == 2 && strings.Contains(takes, a[1:]):
			args = args[min(2, len(args)):]
			continue
		case (c.name == "env" || c.name == "sudo") && strings.Contains(a, "=") && !strings.HasPrefix(a, "-"):
			name, value, _ := strings.Cut(a, "=")
			old := m.saved(name)
			defer m.restore(name, old)
			m.set(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}, args[0].doubt())
			args = args[1:]
			continue
		case strings.HasPrefix(a, "-"):
			if c.name == "env" && (a == "-" || a == "-i" || a == "-S" || a == "--ignore-environment") {
				return m.foreign(c)
			}
			args = args[1:]
			continue
		}
		break
	}
	if len(args) == 0 {
		m.printsUnknown(c.name)
		return m.nothing(c)
	}
	inner := &call{spot: c.spot, name: args[0].s, args: args[1:]}
	if c.name == "exec" {
		defer func() { m.flow = ending }()
	}
	m.dispatch(inner, args[0])
	return m.status
}
