package script

import (
	"strings"
)

// options are those of the shell that the import follows, beside errexit.
type options struct {
	nullGlob, globStar, dotGlob, noCaseGlob, extGlob bool
	noUnset, noGlob, pipeFail, allExport             bool
}

// setOptions is set -e, set +e, set -o pipefail, set -- a b c.
func (m *machine) setOptions(c *call) status {
	for i := 0; i < len(c.args); i++ {
		a := c.args[i].s
		switch {
		case a == "--" || a == "-":
			m.params = plain(c.args[i+1:])
			return m.nothing(c)
		case !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "+"):
			m.params = plain(c.args[i:])
			return m.nothing(c)
		}
		on := a[0] == '-'
		for _, o := range a[1:] {
			if o != 'o' {
				m.option(optionNames[o], on)
			} else if i++; i < len(c.args) {
				m.option(c.args[i].s, on)
			}
		}
	}
	return m.nothing(c)
}

// optionNames are the names of the letters that set takes, of the options that are followed.
var optionNames = map[rune]string{'a': "allexport", 'e': "errexit", 'f': "noglob", 'u': "nounset"}

// option is set -o NAME.
func (m *machine) option(name string, on bool) {
	switch name {
	case "errexit":
		m.errexit = on
	case "nounset":
		m.options.noUnset = on
	case "noglob":
		m.options.noGlob = on
	case "pipefail":
		m.options.pipeFail = on
	case "allexport":
		m.options.allExport = on
	}
}

// shopt is bash's other options, those of patterns.
func (m *machine) shopt(c *call) status {
	on, sets := false, false
	for _, a := range c.args {
		switch a.s {
		case "-s", "-u":
			on, sets = a.s == "-s", true
		case "nullglob":
			m.options.nullGlob = sets && on
		case "globstar":
			m.options.globStar = sets && on
		case "dotglob":
			m.options.dotGlob = sets && on
		case "nocaseglob":
			m.options.noCaseGlob = sets && on
		case "extglob":
			m.options.extGlob = sets && on
		case "failglob", "lastpipe", "nocasematch", "compat31", "xpg_echo":
			if sets && on {
				return m.undecided(c.spot, "not expressible: the import does not follow shopt -s %s", a.s)
			}
		}
	}
	return m.nothing(c)
}

// trap keeps what the shell does when it ends. Signals never come, and what is done after a failure is named there.
func (m *machine) trap(c *call) status {
	_, rest := operands(c.args, "")
	if len(rest) > 1 {
		for _, signal := range rest[1:] {
			if name := strings.TrimPrefix(strings.ToUpper(signal.s), "SIG"); name == "EXIT" || name == "0" || name == "ERR" {
				if name == "0" {
					name = "EXIT"
				}
				m.traps[name] = rest[0].s
				if rest[0].s == "-" {
					delete(m.traps, name)
				}
			}
		}
	}
	return m.nothing(c)
}

// atExit does what a trap keeps for the end of the shell.
func (m *machine) atExit() {
	text := m.traps["EXIT"]
	delete(m.traps, "EXIT")
	if text == "" || *m.steps > maxSteps {
		return
	}
	code, flow := m.status, m.flow
	m.flow, m.heldLine = onward, 0
	m.inner(&call{spot: m.stmtAt, name: "trap"}, text)
	m.status, m.flow = code, flow
}
