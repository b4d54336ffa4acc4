// Package builtin holds the commands of the shell itself (cd, set, read, test, printf, …) and those that run another
// command (sudo, env, bash -c, …), as a script that is followed calls them.
package builtin

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

func no(m *shell.Machine, _ *shell.Call) shell.Status { return shell.Failed }

// cd follows a change of folder; one that is not here is taken for the tree's, or a part of it.
func cd(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	to := ""
	for _, a := range c.Args {
		if !strings.HasPrefix(a.Text, "-") || a.Text == "-" {
			to = a.Text
			if !a.Known() && !placeholder.In(a.Text) {
				to = placeholder.For(a.Why)
			}
		}
	}
	if c.Name == "pushd" {
		m.Folders = append(m.Folders, m.Cwd)
	}
	switch to {
	case "":
		m.Cwd, m.Before = "/"+placeholder.For("HOME"), m.Cwd
		return shell.Succeeded
	case "-":
		if m.Before == "" {
			m.Before = placeholder.Lost("the folder that was left before the script")
		}
		m.Cwd, m.Before = m.Before, m.Cwd
		return shell.Succeeded
	}
	abs, known := m.Abs(to)
	if !known && !placeholder.IsLost(abs) {
		abs = "/" + placeholder.For(placeholder.Shown(to))
	}
	m.World.Locate(abs, true)
	m.Cwd, m.Before = abs, m.Cwd
	if p, found := m.Place(abs, false); found && p.Disk != scriptfiles.Outside && p.Name != "" && !m.World.IsFolder(p) {
		return m.Absent(abs, "whether there is a folder "+m.World.Shown(p))
	}
	return shell.Succeeded
}

func popd(m *shell.Machine, c *shell.Call) shell.Status {
	if n := len(m.Folders); n > 0 {
		m.Cwd, m.Before, m.Folders = m.Folders[n-1], m.Cwd, m.Folders[:n-1]
		return m.Nothing(c)
	}
	m.Harmless(c.Spot)
	return shell.Failed
}

func pwd(m *shell.Machine, c *shell.Call) shell.Status {
	m.Print([]byte(m.Cwd + "\n"))
	return m.Nothing(c)
}

// exit ends the script. With another code than 0 the commands under other comments are followed all the same.
func exit(m *shell.Machine, c *shell.Call) shell.Status {
	s := m.Status
	if len(c.Args) > 0 {
		n, err := strconv.Atoi(c.Args[0].Text)
		s = shell.Status{Code: n & 255}
		if err != nil || !c.Args[0].Known() {
			s = shell.Status{Why: "the exit code"}
		}
	}
	if s.Why == "" && s.Code != 0 && m.Perhaps == "" && m.Out == nil && m.NestedIn == 0 {
		m.Undecided(c.Spot, "the script ends here with exit code %d", s.Code)
		m.Hold(c.Spot, fmt.Sprintf("the script ends on %s with exit code %d", c.Where(), s.Code))
		return s
	}
	m.Harmless(c.Spot)
	m.Flow = shell.Ending
	return s
}

// leave is return, break and continue.
func leave(m *shell.Machine, c *shell.Call) shell.Status {
	m.Flow = map[string]shell.Flow{"return": shell.Returning, "break": shell.Breaking,
		"continue": shell.Continuing}[c.Name]
	if c.Name != "return" {
		m.Levels = 1
		if len(c.Args) > 0 {
			if m.Levels = arguments.Number(c.Args[0].Text); m.Levels < 1 || !c.Args[0].Known() {
				m.Levels = 1
			}
		}
		if m.Levels = min(m.Levels, m.Loops); m.Loops == 0 {
			m.Flow = shell.Onward
		}
		return shell.Succeeded
	}
	if len(c.Args) == 0 {
		return m.Status
	}
	n, err := strconv.Atoi(c.Args[0].Text)
	if err != nil || !c.Args[0].Known() {
		return shell.Status{Why: "the result of a function"}
	}
	return shell.Status{Code: n & 255}
}

func shiftParams(m *shell.Machine, c *shell.Call) shell.Status {
	n := 1
	if len(c.Args) > 0 {
		n, _ = strconv.Atoi(c.Args[0].Text)
	}
	if m.Params != nil {
		m.Params = m.Params[min(max(n, 0), len(m.Params)):]
	}
	return m.Nothing(c)
}

// paths are dirname, basename, realpath and readlink -f.
func paths(m *shell.Machine, c *shell.Call) shell.Status {
	var rest []string
	for _, a := range c.Args {
		if a.Why != "" && !placeholder.In(a.Text) {
			m.PrintsUnknown(c.Name)
			return m.Nothing(c)
		}
		if !strings.HasPrefix(a.Text, "-") {
			rest = append(rest, a.Text)
		}
	}
	options := len(c.Args) - len(rest)
	if len(rest) == 0 || options > 0 && c.Name != "readlink" || c.Name == "readlink" && allowed(c, "-f") && allowed(c,
		"-e") && allowed(c, "-m") {
		m.PrintsUnknown(c.Name)
		return m.Nothing(c)
	}
	s := rest[0]
	switch c.Name {
	case "dirname":
		for _, one := range rest[:len(rest)-1] {
			m.Print([]byte(path.Dir(strings.TrimRight(one, "/")) + "\n"))
		}
		s = path.Dir(strings.TrimRight(rest[len(rest)-1], "/") + "")
	case "basename":
		s = path.Base(s)
		if len(rest) > 1 && s != rest[1] {
			s = strings.TrimSuffix(s, rest[1])
		}
	default:
		if abs, known := m.Abs(s); known {
			s = abs
		} else {
			m.PrintsUnknown(c.Name)
		}
	}
	m.Print([]byte(s + "\n"))
	return m.Nothing(c)
}

// seq counts.
func seq(m *shell.Machine, c *shell.Call) shell.Status {
	first, step, last := 1, 1, 0
	var n []int
	for _, a := range c.Args {
		i, err := strconv.Atoi(a.Text)
		if err != nil || !a.Known() {
			m.PrintsUnknown("seq")
			return m.Nothing(c)
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
	if step == 0 || len(n) == 0 || (last-first)/step > shell.MaxTurns {
		m.PrintsUnknown("seq")
		return m.Nothing(c)
	}
	for i := first; step > 0 && i <= last || step < 0 && i >= last; i += step {
		m.Print(fmt.Appendln(nil, i))
	}
	return m.Nothing(c)
}

// uname answers for Linux, where Mastodon's images and servers are.
func uname(m *shell.Machine, c *shell.Call) shell.Status {
	if len(c.Args) == 0 || len(c.Args) == 1 && c.Args[0].Text == "-s" {
		m.Print([]byte("Linux\n"))
	} else {
		m.PrintsUnknown("uname")
	}
	return m.Nothing(c)
}
