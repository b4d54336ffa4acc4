package bash

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// KeepsInput reports whether a statement is exec without a command, whose redirections are the shell's own from then
// on.
func KeepsInput(s *syntax.Stmt) bool {
	c, isCall := s.Cmd.(*syntax.CallExpr)
	return isCall && len(c.Args) == 1 && c.Args[0].Lit() == "exec"
}

// ProcessOf is the process substitution that a word is.
func ProcessOf(w *syntax.Word) (*syntax.ProcSubst, bool) {
	if w == nil || len(w.Parts) != 1 {
		return nil, false
	}
	p, isProcess := w.Parts[0].(*syntax.ProcSubst)
	return p, isProcess && p.Op == syntax.CmdIn
}

// Descriptor is the descriptor that a redirection of output is for.
func Descriptor(r *syntax.Redirect) string {
	if r.N == nil {
		return "1"
	}
	return r.N.Value
}

// HereDocument is the text of a here-document, of <<- without the tabs that its lines begin with. With quotes around
// its end, nothing in it is expanded.
func HereDocument(r *syntax.Redirect) (body *syntax.Word, quoted bool) {
	body = r.Hdoc
	if r.Op == syntax.DashHdoc {
		body = withoutTabs(body)
	}
	for _, part := range r.Word.Parts {
		lit, isLit := part.(*syntax.Lit)
		if !isLit || strings.Contains(lit.Value, `\\`) {
			return body, true
		}
	}
	return body, false
}

// withoutTabs takes away the tabs that lines begin with.
func withoutTabs(body *syntax.Word) *syntax.Word {
	stripped := &syntax.Word{}
	atStart := true
	for _, part := range body.Parts {
		lit, isLit := part.(*syntax.Lit)
		if isLit {
			one := *lit
			one.Value = untabbed(lit.Value, atStart)
			part = &one
		}
		atStart = isLit && strings.HasSuffix(lit.Value, "\n")
		stripped.Parts = append(stripped.Parts, part)
	}
	return stripped
}

func untabbed(s string, atStart bool) string {
	lines := strings.SplitAfter(s, "\n")
	for i := range lines {
		if i > 0 || atStart {
			lines[i] = strings.TrimLeft(lines[i], "\t")
		}
	}
	return strings.Join(lines, "")
}

// Simple reports whether a command's failure is its own, and not the last one's of a list.
func Simple(c syntax.Command) bool {
	switch c := c.(type) {
	case *syntax.CallExpr, *syntax.TestClause, *syntax.ArithmCmd, *syntax.Subshell:
		return true
	case *syntax.BinaryCmd:
		return c.Op == syntax.Pipe || c.Op == syntax.PipeAll
	}
	return false
}

// Chained reports whether a statement succeeds only where each command in it does: it is one command, or several with
// && in between.
func Chained(s *syntax.Stmt) bool {
	if s.Negated {
		return false
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		return true
	case *syntax.BinaryCmd:
		return c.Op == syntax.AndStmt && Chained(c.X) && Chained(c.Y)
	}
	return false
}

func IsPipe(c syntax.Command) bool {
	b, isBinary := c.(*syntax.BinaryCmd)
	return isBinary && (b.Op == syntax.Pipe || b.Op == syntax.PipeAll)
}

// HasBraces reports whether bash would expand braces of a word; {} is none of them.
func HasBraces(w *syntax.Word) bool {
	one := *w
	if !syntax.SplitBraces(&one) {
		return false
	}
	for _, part := range one.Parts {
		if b, isBraces := part.(*syntax.BraceExp); isBraces && len(b.Elems) > 1 {
			return true
		}
	}
	return false
}

// OnlyReads is the file of $(<file), which prints it.
func OnlyReads(list []*syntax.Stmt) (*syntax.Word, bool) {
	if len(list) != 1 || list[0].Cmd != nil || len(list[0].Redirs) != 1 || list[0].Redirs[0].Op != syntax.RdrIn {
		return nil, false
	}
	return list[0].Redirs[0].Word, true
}
