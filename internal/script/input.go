package script

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
)

// readLine is read: the next line of the input into variables.
func (m *machine) readLine(c *call) status {
	raw, names := false, []string{}
	plain := true
	for i, a := range c.args {
		switch {
		case a.s == "-r":
			raw = true
		case strings.HasPrefix(a.s, "-"):
			plain = plain && (a.s == "-d" && i+1 < len(c.args) && c.args[i+1].s == "" || a.s == "-s")
		case a.s == "":
		default:
			names = append(names, a.s)
		}
	}
	zero := !allowed(c, "-d")
	if len(names) == 0 {
		names = []string{"REPLY"}
	}
	if m.in == nil || m.in.why != "" || !plain {
		why := "what is typed in"
		if m.in != nil && m.in.why != "" {
			why = m.in.why
		}
		for _, n := range names {
			m.set(n, expand.Variable{}, why)
		}
		m.harmless(c.spot)
		return status{why: why}
	}
	end := "\n"
	if zero {
		end = "\x00"
	}
	line, rest, whole := strings.Cut(string(m.in.data), end)
	m.in.data = []byte(rest)
	cfg := m.config()
	values := expand.ReadFields(cfg, line, len(names), raw)
	for i, n := range names {
		v := ""
		if i < len(values) {
			v = values[i]
		}
		m.set(n, expand.Variable{Set: true, Kind: expand.String, Str: v}, "")
	}
	m.harmless(c.spot)
	return ok(whole)
}

// allowed says that a command is called without an option.
func allowed(c *call, option string) bool {
	for _, a := range c.args {
		if a.s == option {
			return false
		}
	}
	return true
}

// readAll is mapfile: all lines of the input as a list.
func (m *machine) readAll(c *call) status {
	name := "MAPFILE"
	trim := false
	for _, a := range c.args {
		if a.s == "-t" {
			trim = true
		} else if !strings.HasPrefix(a.s, "-") {
			name = a.s
		}
	}
	if m.in == nil || m.in.why != "" || !trim {
		m.set(name, expand.Variable{}, "what is read")
		return m.nothing(c)
	}
	list := strings.Split(strings.TrimSuffix(string(m.in.data), "\n"), "\n")
	if len(m.in.data) == 0 {
		list = nil
	}
	m.set(name, expand.Variable{Set: true, Kind: expand.Indexed, List: list}, "")
	return m.nothing(c)
}

func (m *machine) getopts(c *call) status {
	if len(c.args) > 1 {
		m.set(c.args[1].s, expand.Variable{}, "$@")
		m.set("OPTARG", expand.Variable{}, "$@")
	}
	return status{why: "$@"}
}
