package script

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/expand"
)

// nested follows a script that lies beside this one. It says whether there is one of that name.
func (m *machine) nested(c *call, name string) bool {
	p, known := m.place(name, false)
	if !known {
		return false
	}
	f := m.world.read(p)
	if f == nil || p.disk == inTree && !strings.HasSuffix(name, ".sh") || f.why != "" {
		return false
	}
	first, _, _ := strings.Cut(string(f.data), "\n")
	if strings.HasPrefix(first, "#!") && !strings.Contains(first, "sh") {
		return false // python, ruby, perl
	}
	m.subshell(func(sub *machine) {
		sub.inherit()
		sub.params = plain(c.args)
		sub.shebang(f.data)
		sub.runFile(c, p, f)
		sub.flow = onward
	})
	return true
}

// inherit leaves to another shell what it gets of this one: variables that are exported, the folder and the files. A
// variable that is not exported here may be one of the environment, and is unknown there.
func (m *machine) inherit() {
	for name, v := range m.vars {
		if !v.Exported || v.Kind != expand.String {
			delete(m.vars, name)
		}
	}
	m.funcs, m.unsure, m.options, m.errexit = map[string]function{}, map[string]string{}, options{}, false
	m.exotic, m.pipes = &exotic{}, nil
}

// runFile follows another file's commands; what it says is said of the line that calls it.
func (m *machine) runFile(c *call, p place, f *file) {
	file, err := m.parse(p.name, f.data, 0)
	if err != nil {
		m.status = m.undecided(c.spot, "not expressible: %v", err)
		return
	}
	outer, by, own := m.text, m.shift, m.own
	m.own = p.name
	if m.depth++; m.depth > 20 {
		m.undecided(c.spot, "not expressible: the scripts call each other endlessly")
	} else {
		m.text, m.shift = string(f.data), 0
		m.at = &spot{c.line, p.name + ": "}
		m.stmts(file.Stmts)
		m.at = nil
	}
	m.depth--
	m.text, m.shift, m.own = outer, by, own
}

// shell is bash FILE, sh -c TEXT.
func (m *machine) shell(c *call) status {
	args := c.args
	errexit := false
	for len(args) > 0 && strings.HasPrefix(args[0].s, "-") {
		o := args[0].s
		args = args[1:]
		if strings.HasPrefix(o, "--") {
			continue
		}
		errexit = errexit || strings.Contains(o, "e")
		switch {
		case strings.Contains(o, "o") && len(args) > 0:
			args = args[1:]
		case strings.Contains(o, "s"):
			return m.foreign(c)
		case strings.Contains(o, "c") && len(args) > 0:
			if !args[0].known() {
				return m.unclear(c.spot, args[0].doubt())
			}
			m.subshell(func(sub *machine) {
				sub.inherit()
				sub.errexit, sub.bash = errexit, c.name == "bash" || c.name == "zsh"
				sub.params = plain(args[min(2, len(args)):])
				if sub.zero = c.name; len(args) > 1 {
					sub.zero = plain(args[1:2])[0]
				}
				sub.inner(c, args[0].s)
				sub.flow = onward
			})
			return m.status
		}
	}
	if len(args) == 0 {
		if m.in != nil && m.in.why == "" {
			text := string(m.in.data)
			m.subshell(func(sub *machine) {
				sub.inherit()
				sub.in, sub.errexit, sub.params = &stream{}, errexit, []string{}
				sub.inner(c, text)
				sub.flow = onward
			})
			return m.status
		}
		return m.foreign(c)
	}
	inner := &call{spot: c.spot, name: args[0].s, args: args[1:]}
	if !m.nested(inner, args[0].s) {
		return m.absent(c, args[0])
	}
	return m.status
}

// absent notes a script that is called and not here.
func (m *machine) absent(c *call, w word) status {
	if w.why != "" && !startsMarked(w.s) {
		return m.unclear(c.spot, w.doubt())
	}
	m.undecided(c.spot, "not expressible: it runs %s, which is not a script beside this one", clear(w.s))
	return status{why: "what " + path.Base(w.s) + " does"}
}

// sourced is source FILE: its commands run here.
func (m *machine) sourced(c *call) status {
	if len(c.args) == 0 {
		return failed
	}
	w := c.args[0]
	p, known := m.place(w.s, false)
	f := m.world.read(p)
	if !known || f == nil || f.why != "" || p.disk == inTree {
		for name := range m.vars {
			m.set(name, expand.Variable{}, name) // the file may set it
		}
		return m.absent(c, w)
	}
	m.runFile(c, p, f)
	if m.flow == returning {
		m.flow = onward
	}
	return m.status
}

// su is su -c TEXT, runuser -u USER -- COMMAND.
func (m *machine) su(c *call) status {
	for i, a := range c.args {
		if a.s == "-c" && i+1 < len(c.args) {
			if !c.args[i+1].known() {
				return m.unclear(c.spot, c.args[i+1].doubt())
			}
			m.subshell(func(sub *machine) {
				sub.inherit()
				sub.inner(c, c.args[i+1].s)
			})
			return m.status
		}
		if a.s == "--" && i+1 < len(c.args) {
			return m.dispatchArgs(c, c.args[i+1:])
		}
	}
	return m.nothing(c)
}
