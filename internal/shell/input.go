package shell

func (m *Machine) ReadInput() *Stream {
	if m.In == nil {
		return &Stream{Why: "what is typed in"}
	}
	data := m.In.Data
	m.In.Data = nil
	return &Stream{Data: data, Why: m.In.Why}
}
