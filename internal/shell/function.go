package shell

import (
	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
	"mvdan.cc/sh/v3/syntax"
)

// function is a function's body and the text that it stands in.
type function struct {
	body   *syntax.Stmt
	text   string
	origin bash.Origin
	in     *nestedFile
}

// invoke calls a function of the script.
func (m *Machine) invoke(f function, args []Word) {
	if m.Depth++; m.Depth > 100 {
		m.Depth--
		m.Status = Status{Why: "calls that are nested too deep"}
		return
	}
	outer := struct {
		params  []string
		text    string
		origin  bash.Origin
		perhaps string
		locals  map[string]saved
		in      *nestedFile
	}{m.Params, m.Text, m.Origin, m.Perhaps, m.locals, m.in}
	m.locals = map[string]saved{}
	m.Params = Plain(args)
	m.Text, m.Origin = f.text, f.origin
	if m.in = f.in; f.in != nil {
		m.in = &nestedFile{name: f.in.name, line: m.stmtAt.Line}
	}
	m.stmt(f.body)
	if m.Flow == Returning {
		m.Flow = Onward
	}
	for name, old := range m.locals {
		m.Restore(name, old)
	}
	m.Params, m.Text, m.Origin, m.Perhaps, m.locals = outer.params, outer.text, outer.origin, outer.perhaps, outer.locals
	m.in = outer.in
	m.Depth--
}

// Plain is arguments as positional parameters; what is not known stays a placeholder.
func Plain(args []Word) []string {
	out := []string{}
	for _, a := range args {
		if a.Why != "" && !placeholder.In(a.Text) {
			a.Text = placeholder.For(a.Why)
		}
		out = append(out, a.Text)
	}
	return out
}
