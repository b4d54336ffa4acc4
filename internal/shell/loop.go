package shell

import (
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
)

// MaxTurns is how often a loop is followed.
const MaxTurns = 10_000

// fewTurns is how often a loop is followed that may have ended already, as one that waits for a server. One more turn
// stands for the others.
const fewTurns = 20

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
	doubtful, leave := m.Perhaps, m.mayLeave
	m.mayLeave = ""
	defer func() { m.Perhaps, m.mayLeave = doubtful, leave }()
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
		for i, w := range items {
			if !m.turn(loop.Name.Value, w, c.Do) {
				return
			}
			if m.mayLeave != "" && len(items)-i > fewTurns {
				m.unsureBody(loop.Name.Value, m.mayLeave, c.Do)
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
	m.Set(name, bash.Text(w.Text), "")
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
	for turn := range MaxTurns {
		n, doubt := step(loop.Cond)
		if why += doubt; why == "" && turn > fewTurns {
			why = m.mayLeave
		}
		if why != "" {
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
	doubtful, leave := m.Perhaps, m.mayLeave
	m.mayLeave = ""
	defer func() { m.Perhaps, m.mayLeave = doubtful, leave }()
	for turn := range MaxTurns {
		s := m.condition(func() { m.Stmts(c.Cond) })
		if m.Flow != Onward {
			return
		}
		if s.Why == "" && turn > fewTurns {
			s.Why = m.mayLeave
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
