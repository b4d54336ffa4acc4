package shell

// AtExit does what a trap keeps for the end of the shell.
func (m *Machine) AtExit() {
	text := m.Traps["EXIT"]
	delete(m.Traps, "EXIT")
	if text == "" || *m.Steps > MaxSteps {
		return
	}
	code, flow := m.Status, m.Flow
	m.Flow, m.HeldLine = Onward, 0
	m.Inner(&Call{Spot: m.stmtAt, Name: "trap"}, text)
	m.Status, m.Flow = code, flow
}

// atError does what a trap keeps for a command that fails, as bash does: not in a function or a subshell, unless
// `set -E` says so, and not for what the trap itself does.
func (m *Machine) atError() {
	text := m.Traps["ERR"]
	if text == "" || m.locals != nil && !m.Options.errTrace {
		return
	}
	delete(m.Traps, "ERR")
	failed := m.Status
	m.Inner(&Call{Spot: m.stmtAt, Name: "trap"}, text)
	if m.Traps["ERR"] == "" {
		m.Traps["ERR"] = text
	}
	if m.Flow == Onward {
		m.Status = failed
	}
}
