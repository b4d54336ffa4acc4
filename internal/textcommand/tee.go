package textcommand

import (
	"strings"

	"github.com/howdah/howdah/internal/shell"
)

// tee prints its input and writes it to files.
func tee(m *shell.Machine, c *shell.Call) shell.Status {
	in := m.In
	if in == nil {
		in = &shell.Stream{Why: "what is typed in"}
	}
	toEnd, code := false, shell.Succeeded
	for _, a := range c.Args {
		if strings.HasPrefix(a.Text, "-") {
			toEnd = toEnd || strings.Contains(a.Text, "a")
			continue
		}
		var wrote bool
		if in, wrote = m.WriteTo(c, a, in, toEnd); !wrote {
			code = shell.Failed
		}
	}
	if m.Out != nil {
		m.Out.Why += in.Why
		m.Print(in.Data)
	}
	return code
}
