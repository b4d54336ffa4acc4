package shell

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
)

// Environ is the shell's variables as the expansion sees them.
type Environ struct{ M *Machine }

var _ expand.WriteEnviron = Environ{}

// Get returns a variable; one that is not known is a placeholder, and noted.
func (e Environ) Get(name string) expand.Variable {
	m := e.M
	list := func(l []string) expand.Variable { return expand.Variable{Set: true, Kind: expand.Indexed, List: l} }
	doubt := func(why string) expand.Variable {
		m.touch(why)
		return bash.Text(placeholder.For(why))
	}
	if why, ok := m.Doubts[name]; ok {
		return doubt(why)
	}
	if v, ok := m.Vars[name]; ok {
		if *m.Steps += bash.Length(v) / ValueStep; *m.Steps > MaxSteps {
			return expand.Variable{} // broken says so
		}
		return v
	}
	if number, isExotic := strings.CutPrefix(name, bash.ExoticName); isExotic {
		n, err := strconv.Atoi(number)
		if err != nil || n >= len(m.exotic.Params) {
			return doubt(name)
		}
		v, why := e.value(m.exotic.Params[n])
		if why != "" {
			return doubt(why)
		}
		return v
	}
	switch name {
	case "IFS":
		return bash.Text(" \t\n")
	case "PWD":
		return bash.Text(m.Cwd)
	case "OLDPWD":
		if m.Before != "" {
			return bash.Text(m.Before)
		}
	case "0":
		if m.Zero != "" {
			return bash.Text(m.Zero)
		}
		return bash.Text(path.Join(placeholder.Folder, path.Base(m.Src.File)))
	case "BASH_SOURCE":
		return list([]string{path.Join(placeholder.Folder, path.Base(m.Src.File))})
	case "OSTYPE":
		return bash.Text("linux-gnu")
	case "?":
		if m.Status.Why != "" {
			return doubt("the result of " + m.Status.Why)
		}
		return bash.Text(fmt.Sprint(m.Status.Code))
	case "OPTIND":
		return bash.Text("1")
	case "PIPESTATUS":
		var codes []string
		for _, s := range m.pipes {
			if s.Why != "" {
				return doubt("the result of " + s.Why)
			}
			codes = append(codes, fmt.Sprint(s.Code))
		}
		return list(codes)
	}
	number := strings.Trim(name, "0123456789") == ""
	switch {
	case (number || name == "@" || name == "*" || name == "#") && m.Params == nil:
		return doubt("$" + name)
	case name == "@" || name == "*":
		for _, p := range m.Params {
			if placeholder.In(p) {
				m.touch(Word{Text: p}.Doubt())
			}
		}
		return list(m.Params)
	case name == "#":
		return bash.Text(fmt.Sprint(len(m.Params)))
	case number:
		var n int
		if _, err := fmt.Sscan(name, &n); err != nil || n > len(m.Params) {
			return expand.Variable{}
		}
		if placeholder.In(m.Params[n-1]) {
			m.touch(Word{Text: m.Params[n-1]}.Doubt())
		}
		return bash.Text(m.Params[n-1])
	}
	return doubt(name)
}

// Each calls nothing: no program gets the environment.
func (e Environ) Each(func(string, expand.Variable) bool) {}

// Set assigns within an expansion, as ${X:=value} and arithmetic do.
func (e Environ) Set(name string, v expand.Variable) error {
	e.M.Set(name, v, strings.Join(e.M.touched, ", "))
	return nil
}

// Set sets a variable to a value, or to one that is not known.
func (m *Machine) Set(name string, v expand.Variable, why string) {
	old, had := m.Vars[name]
	v.Exported = v.Exported || had && old.Exported || m.Options.allExport
	if why == "" && m.exotic.Odd[name] {
		why = "a variable that is declared as a number or a reference"
	}
	if why == "" && bash.Length(v) > maxValue {
		why = fmt.Sprintf("a value of more than %d bytes", maxValue)
	}
	delete(m.Doubts, name)
	delete(m.Vars, name)
	if why != "" && !(v.Kind == expand.String && strings.HasPrefix(v.Str, placeholder.Folder)) {
		m.Doubts[name] = why
		return
	}
	m.Vars[name] = v
}
