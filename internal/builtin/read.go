package builtin

import (
	"strings"

	"mvdan.cc/sh/v3/expand"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/shell"
)

// readLine is read: the next line of the input into variables.
func readLine(m *shell.Machine, c *shell.Call) shell.Status {
	raw, list, plain, end := false, "", true, "\n"
	var names []string
	for i := 0; i < len(c.Args); i++ {
		a := c.Args[i].Text
		switch {
		case !strings.HasPrefix(a, "-") || a == "-":
			names = append(names, a)
			continue
		case a == "-d" && i+1 < len(c.Args):
			if i++; len(c.Args[i].Text) > 1 || !c.Args[i].Known() {
				plain = false
			}
			if end = c.Args[i].Text; end == "" {
				end = "\x00"
			}
			continue
		case a == "-p" && i+1 < len(c.Args):
			i++
			continue
		}
		for _, o := range a[1:] {
			switch {
			case o == 'r':
				raw = true
			case o == 'a' && strings.HasSuffix(a, "a") && i+1 < len(c.Args):
				i++
				list = c.Args[i].Text
			case o != 's':
				plain = false
			}
		}
	}
	if list != "" {
		names = append(names, list)
	} else if len(names) == 0 {
		names = []string{"REPLY"}
	}
	m.Harmless(c.Spot)
	if m.In == nil || m.In.Why != "" || !plain {
		why := "what is typed in"
		if m.In != nil && m.In.Why != "" {
			why = m.In.Why
		}
		for _, n := range names {
			m.Set(n, expand.Variable{}, why)
		}
		return shell.Status{Why: why}
	}
	line, rest, whole := nextLine(m, end, raw)
	m.In.Data = []byte(rest)
	ifs := shell.Environ{M: m}.Get("IFS").String()
	switch {
	case list != "":
		m.Set(list, expand.Variable{Set: true, Kind: expand.Indexed, List: bash.Fields(line, ifs, -1, raw)}, "")
	case len(c.Args) == 0 || names[0] == "REPLY" && len(names) == 1:
		m.Set("REPLY", bash.Text(bash.PlainText(line, raw)), "")
	default:
		values := bash.Fields(line, ifs, len(names), raw)
		for i, n := range names {
			v := ""
			if i < len(values) {
				v = values[i]
			}
			m.Set(n, bash.Text(v), "")
		}
	}
	return shell.Whether(whole)
}

// nextLine takes a line off the input; without -r a backslash at its end joins the next one to it.
func nextLine(m *shell.Machine, end string, raw bool) (line, rest string, whole bool) {
	rest = string(m.In.Data)
	for {
		one, more, found := strings.Cut(rest, end)
		line, rest, whole = line+one, more, found
		backslashes := len(one) - len(strings.TrimRight(one, `\`))
		if raw || !found || end != "\n" || backslashes%2 == 0 {
			return line, rest, whole
		}
		line = strings.TrimSuffix(line, `\`)
	}
}

// allowed reports whether a command is called without an option.
func allowed(c *shell.Call, option string) bool {
	for _, a := range c.Args {
		if a.Text == option {
			return false
		}
	}
	return true
}

// readAll is mapfile: all lines of the input as a list.
func readAll(m *shell.Machine, c *shell.Call) shell.Status {
	name := "MAPFILE"
	trim := false
	for _, a := range c.Args {
		if a.Text == "-t" {
			trim = true
		} else if !strings.HasPrefix(a.Text, "-") {
			name = a.Text
		}
	}
	if m.In == nil || m.In.Why != "" || !trim {
		m.Set(name, expand.Variable{}, "what is read")
		return m.Nothing(c)
	}
	list := strings.Split(strings.TrimSuffix(string(m.In.Data), "\n"), "\n")
	if len(m.In.Data) == 0 {
		list = nil
	}
	m.Set(name, expand.Variable{Set: true, Kind: expand.Indexed, List: list}, "")
	return m.Nothing(c)
}

func getopts(m *shell.Machine, c *shell.Call) shell.Status {
	if len(c.Args) > 1 {
		m.Set(c.Args[1].Text, expand.Variable{}, "$@")
		m.Set("OPTARG", expand.Variable{}, "$@")
	}
	return shell.Status{Why: "$@"}
}
