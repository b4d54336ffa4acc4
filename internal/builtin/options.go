package builtin

import (
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/shell"
)

// setOptions is set -e, set +e, set -o pipefail, set -- a b c.
func setOptions(m *shell.Machine, c *shell.Call) shell.Status {
	for i := 0; i < len(c.Args); i++ {
		a := c.Args[i].Text
		switch {
		case a == "--" || a == "-":
			m.Params = shell.Plain(c.Args[i+1:])
			return m.Nothing(c)
		case !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "+"):
			m.Params = shell.Plain(c.Args[i:])
			return m.Nothing(c)
		}
		on := a[0] == '-'
		for _, o := range a[1:] {
			if o != 'o' {
				m.Option(optionNames[o], on)
			} else if i++; i < len(c.Args) {
				m.Option(c.Args[i].Text, on)
			}
		}
	}
	return m.Nothing(c)
}

// optionNames are the names of the letters that set takes, of the options that are followed.
var optionNames = map[rune]string{'a': "allexport", 'e': "errexit", 'E': "errtrace", 'f': "noglob", 'u': "nounset"}

// shopt is bash's other options, those of patterns.
func shopt(m *shell.Machine, c *shell.Call) shell.Status {
	on, sets := false, false
	for _, a := range c.Args {
		switch a.Text {
		case "-s", "-u":
			on, sets = a.Text == "-s", true
		case "nullglob":
			m.Options.NullGlob = sets && on
		case "globstar":
			m.Options.GlobStar = sets && on
		case "dotglob":
			m.Options.DotGlob = sets && on
		case "nocaseglob":
			m.Options.NoCaseGlob = sets && on
		case "extglob":
			m.Options.ExtGlob = sets && on
		case "failglob", "lastpipe", "nocasematch", "compat31", "xpg_echo":
			if sets && on {
				return m.Undecided(c.Spot, "not expressible: the import does not follow shopt -s %s", a.Text)
			}
		}
	}
	return m.Nothing(c)
}

// trap keeps what the shell does when it ends. Signals never come, and what is done after a failure is named there.
func trap(m *shell.Machine, c *shell.Call) shell.Status {
	_, rest := arguments.Split(c.Args, "")
	if len(rest) > 1 {
		for _, signal := range rest[1:] {
			if name := strings.TrimPrefix(strings.ToUpper(signal.Text), "SIG"); name == "EXIT" || name == "0" || name == "ERR" {
				if name == "0" {
					name = "EXIT"
				}
				m.Traps[name] = rest[0].Text
				if rest[0].Text == "-" {
					delete(m.Traps, name)
				}
			}
		}
	}
	return m.Nothing(c)
}
