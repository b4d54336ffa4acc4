package script

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
)

// environ is the shell's variables as the expansion sees them.
type environ struct{ m *machine }

var _ expand.WriteEnviron = environ{}

// Get gives a variable; one that is not known is a stand-in, and noted.
func (e environ) Get(name string) expand.Variable {
	m := e.m
	text := func(s string) expand.Variable { return expand.Variable{Set: true, Kind: expand.String, Str: s} }
	list := func(l []string) expand.Variable { return expand.Variable{Set: true, Kind: expand.Indexed, List: l} }
	doubt := func(why string) expand.Variable {
		m.touched = append(m.touched, why)
		return text(unknown(why))
	}
	if why, ok := m.doubts[name]; ok {
		return doubt(why)
	}
	if v, ok := m.vars[name]; ok {
		if *m.steps += length(v) / valueStep; *m.steps > maxSteps {
			return expand.Variable{} // broken says so
		}
		return v
	}
	if number, isExotic := strings.CutPrefix(name, exoticName); isExotic {
		n, err := strconv.Atoi(number)
		if err != nil || n >= len(m.exotic.params) {
			return doubt(name)
		}
		v, why := e.value(m.exotic.params[n])
		if why != "" {
			return doubt(why)
		}
		return v
	}
	switch name {
	case "IFS":
		return text(" \t\n")
	case "PWD":
		return text(m.cwd)
	case "OLDPWD":
		if m.before != "" {
			return text(m.before)
		}
	case "0":
		if m.zero != "" {
			return text(m.zero)
		}
		return text(path.Join(start, base(m.src.File)))
	case "BASH_SOURCE":
		return list([]string{path.Join(start, base(m.src.File))})
	case "OSTYPE":
		return text("linux-gnu")
	case "?":
		if m.status.why != "" {
			return doubt("the result of " + m.status.why)
		}
		return text(fmt.Sprint(m.status.code))
	case "OPTIND":
		return text("1")
	case "PIPESTATUS":
		var codes []string
		for _, s := range m.pipes {
			if s.why != "" {
				return doubt("the result of " + s.why)
			}
			codes = append(codes, fmt.Sprint(s.code))
		}
		return list(codes)
	}
	number := strings.Trim(name, "0123456789") == ""
	switch {
	case (number || name == "@" || name == "*" || name == "#") && m.params == nil:
		return doubt("$" + name)
	case name == "@" || name == "*":
		for _, p := range m.params {
			if isMarked(p) {
				m.touched = append(m.touched, word{s: p}.doubt())
			}
		}
		return list(m.params)
	case name == "#":
		return text(fmt.Sprint(len(m.params)))
	case number:
		var n int
		if _, err := fmt.Sscan(name, &n); err != nil || n > len(m.params) {
			return expand.Variable{}
		}
		if isMarked(m.params[n-1]) {
			m.touched = append(m.touched, word{s: m.params[n-1]}.doubt())
		}
		return text(m.params[n-1])
	}
	return doubt(name)
}

// Each calls nothing: no program gets the environment.
func (e environ) Each(func(string, expand.Variable) bool) {}

// Set assigns within an expansion, as ${X:=value} and arithmetic do.
func (e environ) Set(name string, v expand.Variable) error {
	e.m.set(name, v, strings.Join(unique(e.m.touched), ", "))
	return nil
}

// set gives a variable a value, or none that is known.
func (m *machine) set(name string, v expand.Variable, why string) {
	old, had := m.vars[name]
	v.Exported = v.Exported || had && old.Exported || m.options.allExport
	if why == "" && m.exotic.odd[name] {
		why = "a variable that is declared as a number or a reference"
	}
	if why == "" && length(v) > maxValue {
		why = fmt.Sprintf("a value of more than %d bytes", maxValue)
	}
	delete(m.doubts, name)
	delete(m.vars, name)
	if why != "" && !(v.Kind == expand.String && strings.HasPrefix(v.Str, start)) {
		m.doubts[name] = why
		return
	}
	m.vars[name] = v
}
