package script

import (
	"fmt"
	"maps"
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// stmts follows statements in their order.
func (m *machine) stmts(list []*syntax.Stmt) {
	for i, s := range list {
		if m.flow != onward {
			if m.flow == ending {
				m.skip(list[i:], fmt.Sprintf("the script ends before, with exit code %d", m.status.code))
			}
			return
		}
		if *m.steps > maxSteps || m.ctx.Err() != nil {
			return
		}
		if m.depth == 0 && m.loops == 0 && m.own == "" {
			m.log.top = m.line(s)
			m.release(m.log.group(m.log.top))
		}
		m.stmt(s)
	}
}

// stmt follows one statement with its redirections.
func (m *machine) stmt(s *syntax.Stmt) {
	if s.Cmd == nil && len(s.Redirs) == 0 {
		return
	}
	at := m.spot(s)
	problems := m.log.problems
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
		if m.status.why == "" {
			m.status = ok(m.status.code != 0)
		}
		return
	}
	if simple(s.Cmd) && !isPipe(s.Cmd) {
		m.pipes = []status{m.status}
	}
	if m.status.why == "" && m.status.code != 0 && m.errexit && m.guarded == 0 && m.flow == onward && simple(s.Cmd) &&
		m.log.problems == problems {
		m.hold(at, "")
	}
}

// spot is where a statement stands, with its redirections but without a here-document.
func (m *machine) spot(s *syntax.Stmt) spot {
	from, to := s.Pos(), s.Pos()
	if s.Cmd != nil {
		from, to = s.Cmd.Pos(), s.Cmd.End()
	}
	for _, r := range s.Redirs {
		if end := r.Word.End(); end.After(to) {
			to = end
		}
	}
	at := spot{int(from.Line()) + m.shift, ""}
	if f, t := int(from.Offset()), int(to.Offset()); f <= t && t <= len(m.text) {
		at.text = m.text[f:t]
	}
	if m.at != nil {
		at = spot{m.at.line, m.at.text + at.text}
	}
	m.stmtAt = at
	return at
}

// simple says that a command's failure is its own, and not the last one's of a list.
func simple(c syntax.Command) bool {
	switch c := c.(type) {
	case *syntax.CallExpr, *syntax.TestClause, *syntax.ArithmCmd, *syntax.Subshell:
		return true
	case *syntax.BinaryCmd:
		return c.Op == syntax.Pipe || c.Op == syntax.PipeAll
	}
	return false
}

func isPipe(c syntax.Command) bool {
	b, isBinary := c.(*syntax.BinaryCmd)
	return isBinary && (b.Op == syntax.Pipe || b.Op == syntax.PipeAll)
}

// hold keeps the commands under the same comment from having an effect: a guard before them fails here.
func (m *machine) hold(at spot, why string) {
	if m.perhaps != "" || m.heldLine != 0 {
		return
	}
	m.heldLine, m.heldNote = at.line, m.log.group(m.log.top)
	m.heldWhy = fmt.Sprintf("its guard on line %d fails here, set -e would stop", at.line)
	if why != "" {
		m.heldWhy = why
	}
}

// release ends what a failed guard holds, at the next comment.
func (m *machine) release(group int) {
	if m.heldLine != 0 && group != m.heldNote {
		m.heldLine = 0
	}
}

// skip notes commands that do not run.
func (m *machine) skip(list []*syntax.Stmt, why string) {
	for _, s := range list {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.FuncDecl, *syntax.CmdSubst:
				return false
			case *syntax.Stmt:
				if c, ok := n.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 && (!quiet[c.Args[0].Lit()] || len(n.Redirs) > 0) {
					m.skipped(spot{m.line(c), m.raw(c)}, why)
				}
			}
			return true
		})
	}
}

// command follows one command.
func (m *machine) command(c syntax.Command) {
	switch c := c.(type) {
	case *syntax.CallExpr:
		m.call(c)
	case *syntax.BinaryCmd:
		m.binary(c)
	case *syntax.Block:
		m.stmts(c.Stmts)
	case *syntax.Subshell:
		m.subshell(func(sub *machine) { sub.stmts(c.Stmts) })
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
			m.status = m.undecided(spot{m.line(c), m.raw(c)}, "not expressible: a function without a name")
			return
		}
		delete(m.unsure, c.Name.Value)
		m.funcs[c.Name.Value] = function{c.Body, m.text, m.shift}
		m.status = succeeded
	case *syntax.TestClause:
		m.status = m.testExpr(c.X)
		m.harmless(spot{m.line(c), m.raw(c)})
	case *syntax.ArithmCmd:
		n, why := m.arithmetic(c.X)
		m.status = status{why: why}
		if why == "" {
			m.status = ok(n != 0)
		}
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			n, why := m.arithmetic(x)
			m.status = status{why: why}
			if why == "" {
				m.status = ok(n != 0)
			}
		}
	case *syntax.DeclClause:
		m.declare(c)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			m.stmt(c.Stmt)
		}
	default:
		m.status = m.undecided(spot{m.line(c), m.raw(c)},
			"not expressible: the import does not follow this form of the shell")
	}
}

// subshell runs something that changes nothing of the shell itself.
func (m *machine) subshell(fn func(*machine)) {
	sub := m.clone()
	sub.nestedIn++
	fn(sub)
	sub.atExit()
	m.status, m.heldLine, m.heldNote, m.heldWhy = sub.status, sub.heldLine, sub.heldNote, sub.heldWhy
}

// condition follows statements whose result decides, so that `set -e` does not count in them.
func (m *machine) condition(fn func()) status {
	m.guarded++
	fn()
	m.guarded--
	return m.status
}

func (m *machine) binary(c *syntax.BinaryCmd) {
	if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
		m.pipe(c)
		return
	}
	s := m.condition(func() { m.stmt(c.X) })
	if m.flow != onward {
		return
	}
	if s.why != "" {
		m.maybe(s.why, func(sub *machine) { sub.stmt(c.Y) })
		return
	}
	if (s.code == 0) == (c.Op == syntax.AndStmt) {
		m.stmt(c.Y)
		return
	}
	how := "fails"
	if s.code == 0 {
		how = "succeeds"
	}
	m.skip([]*syntax.Stmt{c.Y}, fmt.Sprintf("the command before it on line %d %s", m.line(c), how))
}

// pipe follows both sides of a pipe, one after the other.
func (m *machine) pipe(c *syntax.BinaryCmd) {
	between := &stream{}
	left := m.clone()
	left.out = between
	if c.Op == syntax.PipeAll {
		left.err = between
	}
	left.guarded++
	left.reads = map[place]bool{}
	left.stmt(c.X)
	left.atExit()
	right := m.clone()
	right.in = between
	right.piped = maps.Clone(left.reads)
	maps.Copy(right.piped, m.piped)
	if m.reads != nil {
		maps.Copy(m.reads, left.reads)
	}
	right.stmt(c.Y)
	right.atExit()
	m.status, m.pipes = right.status, []status{left.status, right.status}
	if inner, isPipe := c.X.Cmd.(*syntax.BinaryCmd); isPipe && inner.Op == c.Op {
		m.pipes = append(slices.Clone(left.pipes), right.status)
	}
	if m.options.pipeFail && m.status == succeeded {
		m.status = left.status
	}
}
