package shell

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
)

// function is a function's body and the text that it stands in.
type function struct {
	body   *syntax.Stmt
	text   string
	origin bash.Origin
	in     *nestedFile
}

// MaxTurns is how often a loop is followed.
const MaxTurns = 10_000

// body follows a loop's body once and says whether the loop goes on.
func (m *Machine) body(list []*syntax.Stmt) bool {
	m.Loops++
	m.Stmts(list)
	m.Loops--
	if m.Flow == Breaking || m.Flow == Continuing {
		if m.Levels--; m.Levels > 0 {
			return false // it is about a loop around this one
		}
		goes := m.Flow == Continuing
		m.Flow = Onward
		return goes && *m.Steps <= MaxSteps
	}
	return m.Flow == Onward && *m.Steps <= MaxSteps
}

func (m *Machine) forClause(c *syntax.ForClause) {
	doubtful := m.Perhaps
	defer func() { m.Perhaps = doubtful }()
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		if c.Select {
			m.maybe("what is chosen", func(sub *Machine) { sub.body(c.Do) })
			return
		}
		var items []Word
		if loop.InPos.IsValid() {
			items = m.fields(loop.Items)
		} else if m.Params == nil {
			m.unsureBody(loop.Name.Value, "$@", c.Do)
			return
		}
		for _, p := range m.Params {
			if !loop.InPos.IsValid() {
				items = append(items, Word{Text: p})
			}
		}
		m.Status = Succeeded
		for _, w := range items {
			if !m.turn(loop.Name.Value, w, c.Do) {
				return
			}
		}
	case *syntax.CStyleLoop:
		m.cStyle(loop, c.Do)
	}
}

// turn follows a loop's body with one value of its variable.
func (m *Machine) turn(name string, w Word, list []*syntax.Stmt) bool {
	if w.Why != "" && !placeholder.Begins(w.Text) {
		m.unsureBody(name, w.Why, list)
		return true
	}
	if w.Globbed {
		m.Log.Globbed[w.Text] = true
	}
	m.Set(name, expand.Variable{Set: true, Kind: expand.String, Str: w.Text}, "")
	return m.body(list)
}

// unsureBody follows a body that runs for values that are not known.
func (m *Machine) unsureBody(name, why string, list []*syntax.Stmt) {
	m.maybe(why, func(sub *Machine) {
		sub.Set(name, expand.Variable{}, why)
		sub.body(list)
		sub.Flow = Onward
	})
	m.Status = Succeeded
}

func (m *Machine) cStyle(loop *syntax.CStyleLoop, list []*syntax.Stmt) {
	step := func(x syntax.ArithmExpr) (int, string) {
		if x == nil {
			return 1, ""
		}
		return m.arithmetic(x)
	}
	_, why := step(loop.Init)
	for range MaxTurns {
		n, doubt := step(loop.Cond)
		if why += doubt; why != "" {
			m.maybe(why, func(sub *Machine) { sub.body(list) })
			return
		}
		if n == 0 || !m.body(list) {
			return
		}
		_, why = step(loop.Post)
	}
	*m.Steps = MaxSteps + 1
}

func (m *Machine) whileClause(c *syntax.WhileClause) {
	doubtful := m.Perhaps
	defer func() { m.Perhaps = doubtful }()
	for range MaxTurns {
		s := m.condition(func() { m.Stmts(c.Cond) })
		if m.Flow != Onward {
			return
		}
		if s.Why != "" {
			m.maybe(s.Why, func(sub *Machine) { sub.body(c.Do); sub.Flow = Onward })
			m.Status = Succeeded
			return
		}
		if (s.Code == 0) == c.Until {
			m.Status = Succeeded
			return
		}
		if !m.body(c.Do) {
			return
		}
	}
	*m.Steps = MaxSteps + 1
}

// arithmetic evaluates an expression; why says that its value is not known.
func (m *Machine) arithmetic(x syntax.ArithmExpr) (n int, why string) {
	b, isBinary := x.(*syntax.BinaryArithm)
	if isBinary && b.Op == syntax.Comma {
		_, first := m.arithmetic(b.X)
		n, why = m.arithmetic(b.Y)
		return n, why + first
	}
	if isBinary && b.Op == syntax.Assgn {
		if w, isWord := b.X.(*syntax.Word); isWord && w.Lit() != "" { // what it was before does not count
			n, why = m.arithmetic(b.Y)
			m.Set(w.Lit(), expand.Variable{Set: true, Kind: expand.String, Str: fmt.Sprint(n)}, why)
			return n, why
		}
	}
	why = m.expansion(func(c *expand.Config) (err error) {
		n, err = expand.Arithm(c, x)
		return err
	})
	return n, why
}

// let is an expression as a command.
func (m *Machine) let(x syntax.ArithmExpr) {
	n, why := m.arithmetic(x)
	if m.Status = Whether(n != 0); why != "" {
		m.Status = Status{Why: why}
	}
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

// declare is local, export, declare, readonly.
func (m *Machine) declare(c *syntax.DeclClause) {
	defer func() { m.Status = Succeeded }() // an assignment may use $?
	flags := ""
	for _, a := range c.Args {
		if a.Naked && a.Name == nil {
			if a.Value != nil {
				flags += a.Value.Lit()
			}
			continue
		}
		name, v := a.Name.Value, c.Variant.Value
		isLocal := v == "local" || v == "declare" || v == "typeset"
		if m.locals != nil && isLocal && !strings.Contains(flags, "g") {
			if _, again := m.locals[name]; !again {
				m.locals[name] = m.Saved(name)
			}
			if v == "local" || a.Naked {
				m.Set(name, expand.Variable{}, "")
			}
		}
		switch {
		case strings.Contains(flags, "A") && m.Vars[name].Kind != expand.Associative:
			m.Set(name, expand.Variable{Kind: expand.Associative}, "")
		case strings.Contains(flags, "a") && !m.Vars[name].Set:
			m.Set(name, expand.Variable{Kind: expand.Indexed}, "")
		}
		if !a.Naked {
			m.assign(a)
		}
		if v == "export" || strings.Contains(flags, "x") {
			if old, had := m.Vars[name]; had && flags != "-n" {
				old.Exported = true
				m.Vars[name] = old
			}
		}
	}
	m.Harmless(m.at(c))
}

// assign sets a variable.
func (m *Machine) assign(a *syntax.Assign) {
	name := a.Name.Value
	switch {
	case a.Index != nil:
		m.assignElement(a)
	case a.Array != nil:
		m.assignList(a)
	default:
		w := m.literal(a.Value)
		why := w.Why
		if a.Append {
			old := Environ{m}.Get(name)
			if _, doubtful := m.Doubts[name]; doubtful || placeholder.In(old.Str) {
				why = name
			}
			if old.Kind == expand.Indexed || old.Kind == expand.Associative {
				why = name
			}
			w.Text = old.Str + w.Text
		}
		m.Set(name, expand.Variable{Set: true, Kind: expand.String, Str: w.Text}, why)
	}
}
