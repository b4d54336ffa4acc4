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
			m.Log.Top = m.Origin.At(s.Pos())
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
	if m.Status.Why == "" && m.Status.Code != 0 && m.guarded == 0 && m.Flow == Onward && bash.Simple(s.Cmd) &&
		(m.Log.Problems == problems || m.Status.named) {
		m.atError()
		if m.Errexit && m.Flow == Onward {
			m.stop(at)
		}
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
	m.stmtFrom = int(from.Offset())
	text := ""
	if f, t := int(from.Offset()), int(to.Offset()); f <= t && t <= len(m.Text) {
		text = m.Origin.Written(m.Text, f, t)
	}
	m.stmtAt = m.spotOf(m.Origin.At(from), text)
	return m.stmtAt
}

// stop ends the script at a command that fails under `set -e`.
func (m *Machine) stop(at scriptchanges.Spot) {
	if m.caught {
		m.Flow = Ending
		return
	}
	if m.Status.named {
		m.Hold(at, fmt.Sprintf("the patch on %s fails here, set -e would stop", at.Where()))
		return
	}
	if m.Perhaps == "" && m.HeldLine == 0 {
		m.Undecided(at, "it fails here, so set -e would stop: what follows up to the next comment is left out")
	}
	m.Hold(at, "")
}

// Hold keeps the commands under the same comment from having an effect: a guard before them fails here.
func (m *Machine) Hold(at scriptchanges.Spot, why string) {
	if m.Perhaps != "" || m.HeldLine != 0 {
		return
	}
	m.HeldLine, m.HeldNote = at.Line, m.Log.Group(m.Log.Top)
	m.HeldWhy = fmt.Sprintf("its guard on %s fails here, set -e would stop", at.Where())
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
	m.each(list, func(c *syntax.CallExpr) { m.skipped(m.at(c), why) })
}

// each does something with the commands of a list that may change files.
func (m *Machine) each(list []*syntax.Stmt, do func(*syntax.CallExpr)) {
	for _, s := range list {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.FuncDecl, *syntax.CmdSubst:
				return false
			case *syntax.Stmt:
				if c, ok := n.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 &&
					(!m.commands.Quiet[c.Args[0].Lit()] || len(n.Redirs) > 0) {
					do(c)
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
			m.Status = m.Undecided(m.at(c),
				"not expressible: a function without a name")
			return
		}
		delete(m.unsure, c.Name.Value)
		m.Funcs[c.Name.Value] = function{c.Body, m.Text, m.Origin, m.in}
		m.Status = Succeeded
	case *syntax.TestClause:
		m.Status = m.testExpr(c.X)
		m.Harmless(m.at(c))
	case *syntax.ArithmCmd:
		m.let(c.X)
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			m.let(x)
		}
	case *syntax.DeclClause:
		m.declare(c)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			m.stmt(c.Stmt)
		}
	default:
		m.Status = m.Undecided(m.at(c),
			"not expressible: the import does not follow this form of the shell")
	}
}

// Subshell runs something that changes nothing of the shell itself.
func (m *Machine) Subshell(fn func(*Machine)) {
	sub := m.Clone()
	sub.NestedIn++
	fn(sub)
	sub.AtExit()
	m.Status = sub.Status
	m.takeHeld(sub)
}

// takeHeld takes over from a subshell that a guard failed in it: that fails here too, and where `set -e` counts the
// script ends.
func (m *Machine) takeHeld(sub *Machine) {
	if m.HeldLine != 0 || sub.HeldLine == 0 {
		m.HeldLine, m.HeldNote, m.HeldWhy = sub.HeldLine, sub.HeldNote, sub.HeldWhy
		return
	}
	if m.Status = Failed; m.Errexit && m.guarded == 0 {
		m.HeldLine, m.HeldNote, m.HeldWhy = sub.HeldLine, sub.HeldNote, sub.HeldWhy
	}
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
	m.entered = ""
	s := m.condition(func() { m.stmt(c.X) })
	if m.Flow != Onward {
		return
	}
	if s.Why != "" {
		m.either(s.Why, m.entered, c)
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
	m.skip([]*syntax.Stmt{c.Y}, fmt.Sprintf("the command before it on %s %s", m.stmtAt.Where(), how))
}

// either follows the right side of && or || that runs or not. Entered is the folder that the left side leads to, if
// that exists: the shell is there in what follows `cd FOLDER &&`, and behind `cd FOLDER || exit`.
func (m *Machine) either(why, entered string, c *syntax.BinaryCmd) {
	ends := false
	m.maybe(why, func(sub *Machine) {
		if entered != "" && c.Op == syntax.AndStmt {
			sub.Cwd = entered
		}
		sub.stmt(c.Y)
		ends = sub.Flow != Onward
	})
	if entered != "" && c.Op == syntax.OrStmt && ends && bash.Chained(c.X) {
		m.Cwd = entered
		m.supposed(why)
	}
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
	m.Status = right.Status
	m.takeHeld(right)
	m.pipes = []Status{left.Status, right.Status}
	if inner, isPipe := c.X.Cmd.(*syntax.BinaryCmd); isPipe && inner.Op == c.Op {
		m.pipes = append(slices.Clone(left.pipes), right.Status)
	}
	if m.Options.pipeFail && m.Status == Succeeded {
		m.Status = left.Status
	}
}
