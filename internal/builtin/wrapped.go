package builtin

import (
	"strings"

	"mvdan.cc/sh/v3/expand"

	"github.com/howdah/howdah/internal/shell"
)

// eval runs a text as commands.
func eval(m *shell.Machine, c *shell.Call) shell.Status {
	if w := c.First(); w != nil {
		return m.Unclear(c.Spot, w.Doubt())
	}
	m.Inner(c, strings.Join(c.Texts(), " "))
	return m.Status
}

// wrapped runs the command behind sudo, env, exec and their like.
func wrapped(m *shell.Machine, c *shell.Call) shell.Status {
	args := c.Args
	takes := map[string]string{"sudo": "ugCDhpRrTt", "doas": "uC", "nice": "n", "env": "uCS", "exec": "a"}[c.Name]
	if c.Name == "command" && len(args) > 0 && (args[0].Text == "-v" || args[0].Text == "-V") {
		return installed(m, c, args[1:])
	}
	for len(args) > 0 {
		a := args[0].Text
		switch {
		case strings.HasPrefix(a, "-") && len(a) == 2 && strings.Contains(takes, a[1:]):
			args = args[min(2, len(args)):]
			continue
		case (c.Name == "env" || c.Name == "sudo") && strings.Contains(a, "=") && !strings.HasPrefix(a, "-"):
			name, value, _ := strings.Cut(a, "=")
			old := m.Saved(name)
			defer m.Restore(name, old)
			m.Set(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}, args[0].Doubt())
			args = args[1:]
			continue
		case strings.HasPrefix(a, "-"):
			if c.Name == "env" && (a == "-" || a == "-i" || a == "-S" || a == "--ignore-environment") {
				return m.Foreign(c)
			}
			args = args[1:]
			continue
		}
		break
	}
	if len(args) == 0 {
		m.PrintsUnknown(c.Name)
		return m.Nothing(c)
	}
	inner := &shell.Call{Spot: c.Spot, Name: args[0].Text, Args: args[1:]}
	if c.Name == "exec" {
		defer func() { m.Flow = shell.Ending }()
	}
	m.Dispatch(inner, args[0])
	return m.Status
}
