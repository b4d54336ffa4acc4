package script

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// function is a function's body and the text that it stands in.
type function struct {
	body  *syntax.Stmt
	text  string
	shift int
}

// maxTurns is how often a loop is followed.
const maxTurns = 10_000

// body follows a loop's body once and says whether the loop goes on.
func (m *machine) body(list []*syntax.Stmt) bool {
	m.loops++
	m.stmts(list)
	m.loops--
	if m.flow == breaking || m.flow == continuing {
		if m.levels--; m.levels > 0 {
			return false // it is about a loop around this one
		}
		goes := m.flow == continuing
		m.flow = onward
		return goes && *m.steps <= maxSteps
	}
	return m.flow == onward && *m.steps <= maxSteps
}

func (m *machine) forClause(c *syntax.ForClause) {
	doubtful := m.perhaps
	defer func() { m.perhaps = doubtful }()
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		if c.Select {
			m.maybe("what is chosen", func(sub *machine) { sub.body(c.Do) })
			return
		}
		items := loop.Items
		if !loop.InPos.IsValid() {
			if m.params == nil {
				m.unsureBody(loop.Name.Value, "$@", c.Do)
				return
			}
			for _, p := range m.params {
				if !m.turn(loop.Name.Value, word{s: p}, c.Do) {
					return
				}
			}
			return
		}
		m.status = succeeded
		for _, w := range m.fields(items) {
			if !m.turn(loop.Name.Value, w, c.Do) {
				return
			}
		}
	case *syntax.CStyleLoop:
		m.cStyle(loop, c.Do)
	}
}

// turn follows a loop's body with one value of its variable.
func (m *machine) turn(name string, w word, list []*syntax.Stmt) bool {
	if w.why != "" && !startsMarked(w.s) {
		m.unsureBody(name, w.why, list)
		return true
	}
	if w.globbed {
		m.log.globbed[w.s] = true
	}
	m.set(name, expand.Variable{Set: true, Kind: expand.String, Str: w.s}, "")
	return m.body(list)
}

// unsureBody follows a body that runs for values that are not known.
func (m *machine) unsureBody(name, why string, list []*syntax.Stmt) {
	m.maybe(why, func(sub *machine) {
		sub.set(name, expand.Variable{}, why)
		sub.body(list)
		sub.flow = onward
	})
	m.status = succeeded
}

func (m *machine) cStyle(loop *syntax.CStyleLoop, list []*syntax.Stmt) {
	step := func(x syntax.ArithmExpr) (int, string) {
		if x == nil {
			return 1, ""
		}
		return m.arithmetic(x)
	}
	_, why := step(loop.Init)
	for range maxTurns {
		n, doubt := step(loop.Cond)
		if why += doubt; why != "" {
			m.maybe(why, func(sub *machine) { sub.body(list) })
			return
		}
		if n == 0 || !m.body(list) {
			return
		}
		_, why = step(loop.Post)
	}
	*m.steps = maxSteps + 1
}

func (m *machine) whileClause(c *syntax.WhileClause) {
	doubtful := m.perhaps
	defer func() { m.perhaps = doubtful }()
	for range maxTurns {
		s := m.condition(func() { m.stmts(c.Cond) })
		if m.flow != onward {
			return
		}
		if s.why != "" {
			m.maybe(s.why, func(sub *machine) { sub.body(c.Do); sub.flow = onward })
			m.status = succeeded
			return
		}
		if (s.code == 0) == c.Until {
			m.status = succeeded
			return
		}
		if !m.body(c.Do) {
			return
		}
	}
	*m.steps = maxSteps + 1
}

// arithmetic evaluates an expression; why says that its value is not known.
func (m *machine) arithmetic(x syntax.ArithmExpr) (n int, why string) {
	b, isBinary := x.(*syntax.BinaryArithm)
	if isBinary && b.Op == syntax.Comma {
		_, first := m.arithmetic(b.X)
		n, why = m.arithmetic(b.Y)
		return n, why + first
	}
	if isBinary && b.Op == syntax.Assgn {
		if w, isWord := b.X.(*syntax.Word); isWord && w.Lit() != "" { // what it was before does not count
			n, why = m.arithmetic(b.Y)
			m.set(w.Lit(), expand.Variable{Set: true, Kind: expand.String, Str: fmt.Sprint(n)}, why)
			return n, why
		}
	}
	why = m.expansion(func(c *expand.Config) (err error) {
		n, err = expand.Arithm(c, x)
		return err
	})
	return n, why
}

// invoke calls a function of the script.
func (m *machine) invoke(f function, args []word) {
	if m.depth++; m.depth > 100 {
		m.depth--
		m.status = status{why: "calls that are nested too deep"}
		return
	}
	outer := struct {
		params  []string
		text    string
		shift   int
		perhaps string
		locals  map[string]saved
	}{m.params, m.text, m.shift, m.perhaps, m.locals}
	m.locals = map[string]saved{}
	m.params = plain(args)
	m.text, m.shift = f.text, f.shift
	m.stmt(f.body)
	if m.flow == returning {
		m.flow = onward
	}
	for name, old := range m.locals {
		m.restore(name, old)
	}
	m.params, m.text, m.shift, m.perhaps, m.locals = outer.params, outer.text, outer.shift, outer.perhaps, outer.locals
	m.depth--
}

// plain is arguments as positional parameters; what is not known stays a stand-in.
func plain(args []word) []string {
	out := []string{}
	for _, a := range args {
		if a.why != "" && !isMarked(a.s) {
			a.s = unknown(a.why)
		}
		out = append(out, a.s)
	}
	return out
}

// declare is local, export, declare, readonly.
func (m *machine) declare(c *syntax.DeclClause) {
	m.status = succeeded
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
				m.locals[name] = m.saved(name)
			}
			if v == "local" || a.Naked {
				m.set(name, expand.Variable{}, "")
			}
		}
		switch {
		case strings.Contains(flags, "A") && m.vars[name].Kind != expand.Associative:
			m.set(name, expand.Variable{Kind: expand.Associative}, "")
		case strings.Contains(flags, "a") && !m.vars[name].Set:
			m.set(name, expand.Variable{Kind: expand.Indexed}, "")
		}
		if !a.Naked {
			m.assign(a)
		}
		if v == "export" || strings.Contains(flags, "x") {
			if old, had := m.vars[name]; had && flags != "-n" {
				old.Exported = true
				m.vars[name] = old
			}
		}
	}
	m.harmless(spot{m.line(c), m.raw(c)})
}

// assign gives a variable its value.
func (m *machine) assign(a *syntax.Assign) {
	name := a.Name.Value
	switch {
	case a.Index != nil:
		m.assignElement(a)
	case a.Array != nil:
		m.assignList(a)
	default:
		w := m.literal(a.Value)
		why := w.why
		if a.Append {
			old := environ{m}.Get(name)
			if _, doubtful := m.doubts[name]; doubtful || isMarked(old.Str) {
				why = name
			}
			if old.Kind == expand.Indexed || old.Kind == expand.Associative {
				why = name
			}
			w.s = old.Str + w.s
		}
		m.set(name, expand.Variable{Set: true, Kind: expand.String, Str: w.s}, why)
	}
}
