package script

import (
	"path"
)

// sedPrints runs a sed that writes to its output.
func (m *machine) sedPrints(c *call, a *sedArgs) status {
	m.harmless(c.spot)
	for _, w := range a.files {
		s := m.input(w)
		if s.why != "" {
			m.printsUnknown("sed")
			if m.out != nil {
				m.out.why = s.why
			}
			return succeeded
		}
		a.call.Files = append(a.call.Files, SedFile{path.Base(w.s), s.data})
	}
	if len(a.files) == 0 {
		if m.in == nil || m.in.why != "" {
			m.printsUnknown("sed")
			if m.out != nil && m.in != nil {
				m.out.why = m.in.why
			}
			return succeeded
		}
		a.call.Input = m.in.data
	}
	r, err := m.sed.run(m.ctx, a.call)
	if err != nil {
		m.world.fail(err)
		return failed
	}
	if r.Code != 0 && r.Errors != "" {
		m.printsUnknown("sed")
		return m.undecided(c.spot, "not expressible: %s", sedSays(r.Errors))
	}
	m.print(r.Output)
	return status{code: r.Code}
}
