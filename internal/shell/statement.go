package shell

import (
	"fmt"
	"maps"
	"slices"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// Stmts follows statements in their order.
func (m *Machine) Stmts(list []*syntax.Stmt) {
	for i, s := range list {
		if m.Flow != Onward {
			if m.Flow == Ending {
				m.skip(list[i:], fmt.Sprintf("the script ends before, with exit code %d", m.Status.Code))
			}
			return
		}
		if *m.Steps > MaxSteps || m.Ctx.Err() != nil {
			return
		}
		if m.Depth == 0 && m.Loops == 0 && m.own == "" {
			m.Log.Top = m.line(s)
			m.Release(m.Log.Group(m.Log.Top))
		}
		m.stmt(s)
	}
}

// stmt follows one statement with its redirections.
func (m *Machine) stmt(s *syntax.Stmt) {
	if s.Cmd == nil && len(s.Redirs) == 0 {
		return
	}
	at := m.spot(s)
	problems := m.Log.Problems
	if s.Negated {
		m.guarded++
	}
	m.redirected(s, at, func() {
		if s.Cmd != nil {
			m.command(s.Cmd)
		}
	})
	if s.Negated {
		m.guarded--
		if m.Status.Why == "" {
			m.Status = Whether(m.Status.Code != 0)
		}
		return
	}
	if bash.Simple(s.Cmd) && !bash.IsPipe(s.Cmd) {
		m.pipes = []Status{m.Status}
	}
	if m.Status.Why == "" && m.Status.Code != 0 && m.Errexit && m.guarded == 0 && m.Flow == Onward && bash.Simple(s.Cmd) &&
		m.Log.Problems == problems {
		m.Hold(at, "")
	}
}

// spot is where a statement stands, with its redirections but without a here-document.
func (m *Machine) spot(s *syntax.Stmt) scriptchanges.Spot {
	from, to := s.Pos(), s.Pos()
	if s.Cmd != nil {
		from, to = s.Cmd.Pos(), s.Cmd.End()
	}
	for _, r := range s.Redirs {
		if end := r.Word.End(); end.After(to) {
			to = end
		}
	}
	at := scriptchanges.Spot{Line: int(from.Line()) + m.Shift, Text: ""}
	if f, t := int(from.Offset()), int(to.Offset()); f <= t && t <= len(m.Text) {
		at.Text = m.Text[f:t]
	}
	if m.at != nil {
		at = scriptchanges.Spot{Line: m.at.Line, Text: m.at.Text + at.Text}
	}
	m.stmtAt = at
	return at
}

// Hold keeps the commands under the same comment from having an effect: a guard before them fails here.
func (m *Machine) Hold(at scriptchanges.Spot, why string) {
	if m.Perhaps != "" || m.HeldLine != 0 {
		return
	}
	m.HeldLine, m.HeldNote = at.Line, m.Log.Group(m.Log.Top)
	m.HeldWhy = fmt.Sprintf("its guard on line %d fails here, set -e would stop", at.Line)
	if why != "" {
		m.HeldWhy = why
	}
}

// Release ends what a failed guard holds, at the next comment.
func (m *Machine) Release(group int) {
	if m.HeldLine != 0 && group != m.HeldNote {
		m.HeldLine = 0
	}
}

// skip notes commands that do not run.
func (m *Machine) skip(list []*syntax.Stmt, why string) {
	for _, s := range list {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.FuncDecl, *syntax.CmdSubst:
				return false
			case *syntax.Stmt:
				if c, ok := n.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 && (!quiet[c.Args[0].Lit()] || len(n.Redirs) > 0) {
					m.skipped(scriptchanges.Spot{Line: m.line(c), Text: m.raw(c)}, why)
				}
			}
			return true
		})
	}
}

// command follows one command.
func (m *Machine) command(c syntax.Command) {
	switch c := c.(type) {
	case *syntax.CallExpr:
		m.call(c)
	case *syntax.BinaryCmd:
		m.binary(c)
	case *syntax.Block:
		m.Stmts(c.Stmts)
	case *syntax.Subshell:
		m.Subshell(func(sub *Machine) { sub.Stmts(c.Stmts) })
	case *syntax.IfClause:
		m.ifClause(c)
	case *syntax.ForClause:
		m.forClause(c)
	case *syntax.WhileClause:
		m.whileClause(c)
	case *syntax.CaseClause:
		m.caseClause(c)
	case *syntax.FuncDecl:
		if c.Name == nil {
			m.Status = m.Undecided(scriptchanges.Spot{Line: m.line(c), Text: m.raw(c)},
				"not expressible: a function without a name")
			return
		}
		delete(m.unsure, c.Name.Value)
		m.Funcs[c.Name.Value] = function{c.Body, m.Text, m.Shift}
		m.Status = Succeeded
	case *syntax.TestClause:
		m.Status = m.testExpr(c.X)
		m.Harmless(scriptchanges.Spot{Line: m.line(c), Text: m.raw(c)})
	case *syntax.ArithmCmd:
		n, why := m.arithmetic(c.X)
		m.Status = Status{Why: why}
		if why == "" {
			m.Status = Whether(n != 0)
		}
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			n, why := m.arithmetic(x)
			m.Status = Status{Why: why}
			if why == "" {
				m.Status = Whether(n != 0)
			}
		}
	case *syntax.DeclClause:
		m.declare(c)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			m.stmt(c.Stmt)
		}
	default:
		m.Status = m.Undecided(scriptchanges.Spot{Line: m.line(c), Text: m.raw(c)},
			"not expressible: the import does not follow this form of the shell")
	}
}

// Subshell runs something that changes nothing of the shell itself.
func (m *Machine) Subshell(fn func(*Machine)) {
	sub := m.Clone()
	sub.NestedIn++
	fn(sub)
	sub.AtExit()
	m.Status, m.HeldLine, m.HeldNote, m.HeldWhy = sub.Status, sub.HeldLine, sub.HeldNote, sub.HeldWhy
}

// condition follows statements whose result decides, so that `set -e` does not count in them.
func (m *Machine) condition(fn func()) Status {
	m.guarded++
	fn()
	m.guarded--
	return m.Status
}

func (m *Machine) binary(c *syntax.BinaryCmd) {
	if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
		m.pipe(c)
		return
	}
	s := m.condition(func() { m.stmt(c.X) })
	if m.Flow != Onward {
		return
	}
	if s.Why != "" {
		m.maybe(s.Why, func(sub *Machine) { sub.stmt(c.Y) })
		return
	}
	if (s.Code == 0) == (c.Op == syntax.AndStmt) {
		m.stmt(c.Y)
		return
	}
	how := "fails"
	if s.Code == 0 {
		how = "succeeds"
	}
	m.skip([]*syntax.Stmt{c.Y}, fmt.Sprintf("the command before it on line %d %s", m.line(c), how))
}

// pipe follows both sides of a pipe, one after the other.
func (m *Machine) pipe(c *syntax.BinaryCmd) {
	between := &Stream{}
	left := m.Clone()
	left.Out = between
	if c.Op == syntax.PipeAll {
		left.err = between
	}
	left.guarded++
	left.Reads = map[scriptfiles.Place]bool{}
	left.stmt(c.X)
	left.AtExit()
	right := m.Clone()
	right.In = between
	right.piped = maps.Clone(left.Reads)
	maps.Copy(right.piped, m.piped)
	if m.Reads != nil {
		maps.Copy(m.Reads, left.Reads)
	}
	right.stmt(c.Y)
	right.AtExit()
	m.Status, m.pipes = right.Status, []Status{left.Status, right.Status}
	if inner, isPipe := c.X.Cmd.(*syntax.BinaryCmd); isPipe && inner.Op == c.Op {
		m.pipes = append(slices.Clone(left.pipes), right.Status)
	}
	if m.Options.pipeFail && m.Status == Succeeded {
		m.Status = left.Status
	}
}
