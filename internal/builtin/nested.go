package builtin

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/expand"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// runShell is bash FILE, sh -c TEXT.
func runShell(m *shell.Machine, c *shell.Call) shell.Status {
	args := c.Args
	errexit, checks := false, false
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		o := args[0].Text
		args = args[1:]
		if strings.HasPrefix(o, "--") {
			continue
		}
		errexit, checks = errexit || strings.Contains(o, "e"), checks || strings.Contains(o, "n")
		switch {
		case strings.Contains(o, "o") && len(args) > 0:
			errexit, checks = errexit || args[0].Text == "errexit", checks || args[0].Text == "noexec"
			args = args[1:]
		case strings.Contains(o, "s"):
			return m.Foreign(c)
		case checks && strings.Contains(o, "c"):
			return m.Nothing(c)
		case strings.Contains(o, "c") && len(args) > 0:
			if !args[0].Known() {
				return m.Unclear(c.Spot, args[0].Doubt())
			}
			m.Subshell(func(sub *shell.Machine) {
				sub.Inherit()
				sub.Errexit, sub.Bash = errexit, c.Name == "bash" || c.Name == "zsh"
				sub.Params = shell.Plain(args[min(2, len(args)):])
				if sub.Zero = c.Name; len(args) > 1 {
					sub.Zero = shell.Plain(args[1:2])[0]
				}
				sub.Inner(c, args[0].Text)
				sub.Flow = shell.Onward
			})
			return m.Status
		}
	}
	if checks { // it looks for mistakes of syntax, and runs nothing
		return m.Nothing(c)
	}
	if len(args) == 0 {
		if m.In != nil && m.In.Why == "" {
			text := string(m.In.Data)
			m.Subshell(func(sub *shell.Machine) {
				sub.Inherit()
				sub.In, sub.Errexit, sub.Params = &shell.Stream{}, errexit, []string{}
				sub.Inner(c, text)
				sub.Flow = shell.Onward
			})
			return m.Status
		}
		return m.Foreign(c)
	}
	inner := &shell.Call{Spot: c.Spot, Name: args[0].Text, Args: args[1:]}
	if !m.Nested(inner, args[0].Text) {
		return absent(m, c, args[0])
	}
	return m.Status
}

// absent notes a script that is called and not here.
func absent(m *shell.Machine, c *shell.Call, w shell.Word) shell.Status {
	if w.Why != "" && !placeholder.Begins(w.Text) {
		return m.Unclear(c.Spot, w.Doubt())
	}
	if _, known := m.Abs(w.Text); !known {
		m.Unclear(c.Spot, m.Doubtful(w))
		return shell.Status{Why: "what " + path.Base(w.Text) + " does"}
	}
	m.Undecided(c.Spot, "not expressible: it runs %s, which is not a script beside this one", placeholder.Shown(w.Text))
	return shell.Status{Why: "what " + path.Base(w.Text) + " does"}
}

// sourced is source FILE: its commands run here.
func sourced(m *shell.Machine, c *shell.Call) shell.Status {
	if len(c.Args) == 0 {
		return shell.Failed
	}
	w := c.Args[0]
	p, known := m.Place(w.Text, false)
	f := m.World.Read(p)
	if !known || f == nil || f.Why != "" || p.Disk == scriptfiles.InTree {
		for name := range m.Vars {
			m.Set(name, expand.Variable{}, name) // the file may set it
		}
		m.LacksFile(c)
		return absent(m, c, w)
	}
	m.RunFile(c, p, f)
	if m.Flow == shell.Returning {
		m.Flow = shell.Onward
	}
	return m.Status
}

// su is su -c TEXT, runuser -u USER -- COMMAND.
func su(m *shell.Machine, c *shell.Call) shell.Status {
	for i, a := range c.Args {
		if a.Text == "-c" && i+1 < len(c.Args) {
			if !c.Args[i+1].Known() {
				return m.Unclear(c.Spot, c.Args[i+1].Doubt())
			}
			m.Subshell(func(sub *shell.Machine) {
				sub.Inherit()
				sub.Inner(c, c.Args[i+1].Text)
			})
			return m.Status
		}
		if a.Text == "--" && i+1 < len(c.Args) {
			return m.DispatchArgs(c, c.Args[i+1:])
		}
	}
	return m.Nothing(c)
}
