package script

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
)

func (m *machine) nothing(c *call) status {
	m.harmless(c.spot)
	return succeeded
}

func (m *machine) no(*call) status { return failed }

// cd follows a change of folder; one that is not here is taken for the tree's, or a part of it.
func (m *machine) cd(c *call) status {
	m.harmless(c.spot)
	to := ""
	for _, a := range c.args {
		if !strings.HasPrefix(a.s, "-") || a.s == "-" {
			to = a.s
			if !a.known() && !isMarked(a.s) {
				to = unknown(a.why)
			}
		}
	}
	if c.name == "pushd" {
		m.folders = append(m.folders, m.cwd)
	}
	switch to {
	case "":
		m.cwd = "/" + unknown("HOME")
		return succeeded
	case "-":
		m.cwd, m.before = m.before, m.cwd
		return succeeded
	}
	abs, known := m.abs(to)
	if !known {
		abs = "/" + unknown(clear(to))
	}
	m.world.locate(abs, true)
	m.cwd, m.before = abs, m.cwd
	return succeeded
}

func (m *machine) popd(c *call) status {
	if n := len(m.folders); n > 0 {
		m.cwd, m.folders = m.folders[n-1], m.folders[:n-1]
	}
	return m.nothing(c)
}

func (m *machine) pwd(c *call) status {
	m.print([]byte(m.cwd + "\n"))
	return m.nothing(c)
}

// exit ends the script. With another code than 0 the commands under other comments are followed all the same.
func (m *machine) exit(c *call) status {
	s := m.status
	if len(c.args) > 0 {
		n, err := strconv.Atoi(c.args[0].s)
		s = status{code: n & 255}
		if err != nil || !c.args[0].known() {
			s = status{why: "the exit code"}
		}
	}
	if s.why == "" && s.code != 0 && m.perhaps == "" && m.out == nil && m.nestedIn == 0 {
		m.undecided(c.spot, "the script ends here with exit code %d", s.code)
		m.hold(c.spot, fmt.Sprintf("the script ends on line %d with exit code %d", c.line, s.code))
		return s
	}
	m.harmless(c.spot)
	m.flow = ending
	return s
}

// leave is return, break and continue.
func (m *machine) leave(c *call) status {
	m.flow = map[string]flow{"return": returning, "break": breaking, "continue": continuing}[c.name]
	if c.name != "return" {
		m.levels = 1
		if len(c.args) > 0 {
			if m.levels = number(c.args[0].s); m.levels < 1 || !c.args[0].known() {
				m.levels = 1
			}
		}
		if m.levels = min(m.levels, m.loops); m.loops == 0 {
			m.flow = onward
		}
		return succeeded
	}
	if len(c.args) == 0 {
		return m.status
	}
	n, err := strconv.Atoi(c.args[0].s)
	if err != nil || !c.args[0].known() {
		return status{why: "the result of a function"}
	}
	return status{code: n & 255}
}

func (m *machine) shiftParams(c *call) status {
	n := 1
	if len(c.args) > 0 {
		n, _ = strconv.Atoi(c.args[0].s)
	}
	if m.params != nil {
		m.params = m.params[min(max(n, 0), len(m.params)):]
	}
	return m.nothing(c)
}

func (m *machine) unset(c *call) status {
	for _, a := range c.args {
		if strings.HasPrefix(a.s, "-") {
			continue
		}
		if name, index, isElement := strings.Cut(a.s, "["); isElement && strings.HasSuffix(index, "]") {
			m.unsetElement(name, strings.TrimSuffix(index, "]"))
			continue
		}
		delete(m.doubts, a.s)
		m.vars[a.s] = expand.Variable{}
		delete(m.funcs, a.s)
	}
	return m.nothing(c)
}

// paths are dirname, basename, realpath and readlink -f.
func (m *machine) paths(c *call) status {
	var rest []string
	for _, a := range c.args {
		if a.why != "" && !isMarked(a.s) {
			m.printsUnknown(c.name)
			return m.nothing(c)
		}
		if !strings.HasPrefix(a.s, "-") {
			rest = append(rest, a.s)
		}
	}
	options := len(c.args) - len(rest)
	if len(rest) == 0 || options > 0 && c.name != "readlink" || c.name == "readlink" && allowed(c, "-f") && allowed(c,
		"-e") && allowed(c, "-m") {
		m.printsUnknown(c.name)
		return m.nothing(c)
	}
	s := rest[0]
	switch c.name {
	case "dirname":
		for _, one := range rest[:len(rest)-1] {
			m.print([]byte(path.Dir(strings.TrimRight(one, "/")) + "\n"))
		}
		s = path.Dir(strings.TrimRight(rest[len(rest)-1], "/") + "")
	case "basename":
		s = path.Base(s)
		if len(rest) > 1 && s != rest[1] {
			s = strings.TrimSuffix(s, rest[1])
		}
	default:
		if abs, known := m.abs(s); known {
			s = abs
		} else {
			m.printsUnknown(c.name)
		}
	}
	m.print([]byte(s + "\n"))
	return m.nothing(c)
}

// seq counts.
func (m *machine) seq(c *call) status {
	first, step, last := 1, 1, 0
	var n []int
	for _, a := range c.args {
		i, err := strconv.Atoi(a.s)
		if err != nil || !a.known() {
			m.printsUnknown("seq")
			return m.nothing(c)
		}
		n = append(n, i)
	}
	switch len(n) {
	case 1:
		last = n[0]
	case 2:
		first, last = n[0], n[1]
	case 3:
		first, step, last = n[0], n[1], n[2]
	}
	if step == 0 || len(n) == 0 || (last-first)/step > maxTurns {
		m.printsUnknown("seq")
		return m.nothing(c)
	}
	for i := first; step > 0 && i <= last || step < 0 && i >= last; i += step {
		m.print(fmt.Appendln(nil, i))
	}
	return m.nothing(c)
}

// uname answers for Linux, where Mastodon's images and servers are.
func (m *machine) uname(c *call) status {
	if len(c.args) == 0 || len(c.args) == 1 && c.args[0].s == "-s" {
		m.print([]byte("Linux\n"))
	} else {
		m.printsUnknown("uname")
	}
	return m.nothing(c)
}
