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

// calls are the functions that were called, for all shells of a script.
type calls struct {
	made  map[*syntax.Stmt]bool
	lacks string // the line that reads a file which is not here, and which may call any of them
}

// LacksFile notes that the shell reads a file that is not here.
func (m *Machine) LacksFile(c *Call) { m.calls.lacks = c.Where() }

// Uncalled names the commands of functions that no command called.
func (m *Machine) Uncalled(f *syntax.File) {
	syntax.Walk(f, func(n syntax.Node) bool {
		d, is := n.(*syntax.FuncDecl)
		if !is || d.Name == nil || m.calls.made[d.Body] {
			return true
		}
		why := "no command that is followed calls " + d.Name.Value
		if m.calls.lacks == "" {
			m.skip([]*syntax.Stmt{d.Body}, why)
			return true
		}
		m.each([]*syntax.Stmt{d.Body}, func(c *syntax.CallExpr) {
			if m.commands.Writing[c.Args[0].Lit()] != nil {
				m.Undecided(m.at(c), "not expressible: %s; what %s reads may call it", why, m.calls.lacks)
			}
		})
		return true
	})
}

// invoke calls a function of the script.
func (m *Machine) invoke(f function, args []Word) {
	m.calls.made[f.body] = true
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
