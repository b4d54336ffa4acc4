package textcommand

import (
	"path"

	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/shell"
)

// sedPrints runs a sed that writes to its output.
func sedPrints(m *shell.Machine, c *shell.Call, a *sedArgs) shell.Status {
	m.Harmless(c.Spot)
	for _, w := range a.files {
		s := m.Input(w)
		if s.Why != "" {
			m.PrintsUnknown("sed")
			if m.Out != nil {
				m.Out.Why = s.Why
			}
			return shell.Succeeded
		}
		a.call.Files = append(a.call.Files, sed.File{Name: path.Base(w.Text), Data: s.Data})
	}
	if len(a.files) == 0 {
		if m.In == nil || m.In.Why != "" {
			m.PrintsUnknown("sed")
			if m.Out != nil && m.In != nil {
				m.Out.Why = m.In.Why
			}
			return shell.Succeeded
		}
		a.call.Input = m.In.Data
	}
	r, err := m.Sed.Run(m.Ctx, a.call)
	if err != nil {
		m.World.Fail(err)
		return shell.Failed
	}
	if r.Code != 0 && r.Errors != "" {
		m.PrintsUnknown("sed")
		return m.Undecided(c.Spot, "not expressible: %s", sedSays(r.Errors))
	}
	m.Print(r.Output)
	return shell.Status{Code: r.Code}
}
