package shell

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
)

func Not(s Status) Status {
	if s.Why != "" {
		return s
	}
	return Whether(s.Code != 0)
}

func Both(a, b Status) Status {
	switch {
	case a.Why == "" && a.Code != 0, b.Why == "" && b.Code != 0:
		return Failed
	case a.Why != "":
		return a
	}
	return b
}

func Either(a, b Status) Status { return Not(Both(Not(a), Not(b))) }

// Ask is a test of one argument.
func (m *Machine) Ask(op string, a Word) Status {
	switch op {
	case "-n", "-z":
		if !a.Known() {
			if placeholder.Begins(a.Text) && a.Why == "" { // a path: it is not empty
				return Whether(op == "-n")
			}
			return Status{Why: a.Doubt()}
		}
		return Whether((a.Text == "") == (op == "-z"))
	case "-v":
		if _, found := m.Vars[a.Text]; found {
			return Whether(m.Vars[a.Text].Set)
		}
		return Status{Why: a.Text}
	case "-e", "-f", "-d", "-r", "-w", "-s", "-x", "-L", "-h":
	default:
		return Status{Why: "test " + op}
	}
	if a.Why != "" && !placeholder.Begins(a.Text) {
		return Status{Why: a.Doubt()}
	}
	p, known := m.Place(a.Text, false)
	if !known {
		return Status{Why: m.Doubtful(a)}
	}
	if op == "-L" || op == "-h" {
		p, _ = m.Entry(a.Text)
	}
	f, folder := m.World.Read(p), m.World.IsFolder(p)
	if p.Disk == scriptfiles.Outside && f == nil && !folder {
		return Status{Why: "what is at " + placeholder.Shown(a.Text)}
	}
	if f != nil && f.Why != "" && f.Data == nil {
		return Status{Why: f.Doubt()}
	}
	switch op {
	case "-e", "-r", "-w":
		return Whether(f != nil || folder)
	case "-d":
		return Whether(folder)
	case "-s":
		return Whether(folder || f != nil && len(f.Data) > 0)
	case "-x":
		return Whether(folder || f != nil && f.Mode&0o100 != 0)
	case "-L", "-h":
		return Whether(f != nil && f.Mode == 0o120000)
	}
	return Whether(f != nil)
}

// Compare is a test of two arguments.
func Compare(a Word, op string, b Word) Status {
	for _, w := range []Word{a, b} {
		if !w.Known() {
			return Status{Why: w.Doubt()}
		}
	}
	code, why := bash.Compare(a.Text, op, b.Text)
	return Status{Code: code, Why: why}
}

// testExpr is [[ … ]].
func (m *Machine) testExpr(x syntax.TestExpr) Status {
	switch x := x.(type) {
	case *syntax.Word:
		w := m.literal(x)
		if !w.Known() {
			return Status{Why: w.Doubt()}
		}
		return Whether(w.Text != "")
	case *syntax.ParenTest:
		return m.testExpr(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			return Not(m.testExpr(x.X))
		}
		if w, isWord := x.X.(*syntax.Word); isWord {
			return m.Ask(x.Op.String(), m.literal(w))
		}
	case *syntax.BinaryTest:
		switch x.Op {
		case syntax.AndTest:
			return Both(m.testExpr(x.X), m.testExpr(x.Y))
		case syntax.OrTest:
			return Either(m.testExpr(x.X), m.testExpr(x.Y))
		}
		left, isWord := x.X.(*syntax.Word)
		right, areWords := x.Y.(*syntax.Word)
		if !isWord || !areWords {
			break
		}
		return m.compareWords(m.literal(left), x.Op, right)
	}
	return Status{Why: "a test of a form that is not followed"}
}

// compareWords compares in [[ … ]], where = takes a pattern.
func (m *Machine) compareWords(a Word, op syntax.BinTestOperator, right *syntax.Word) Status {
	switch op {
	case syntax.TsMatch, syntax.TsMatchShort, syntax.TsNoMatch:
		if !a.Known() {
			return Status{Why: a.Doubt()}
		}
		yes, why := m.matches(a.Text, right)
		if why != "" {
			return Status{Why: why}
		}
		return Whether(yes == (op != syntax.TsNoMatch))
	case syntax.TsReMatch:
		return m.matchExpression(a, right)
	}
	b := m.literal(right)
	if strings.HasPrefix(op.String(), "-") && op != syntax.TsNewer && op != syntax.TsOlder && op != syntax.TsDevIno {
		for _, w := range []*Word{&a, &b} { // arithmetic, where a name is its value
			if v, found := m.Vars[w.Text]; found && w.Known() && v.Kind == expand.String {
				w.Text = v.Str
			}
		}
	}
	return Compare(a, op.String(), b)
}

// matchExpression is [[ text =~ expression ]], which leaves what matched in BASH_REMATCH.
func (m *Machine) matchExpression(a Word, right *syntax.Word) Status {
	var expr strings.Builder
	for _, part := range right.Parts {
		if lit, isLit := part.(*syntax.Lit); isLit {
			expr.WriteString(lit.Value)
			continue
		}
		w := m.literal(&syntax.Word{Parts: []syntax.WordPart{part}})
		if !w.Known() {
			return Status{Why: w.Doubt()}
		}
		switch part.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted: // what is quoted stands for itself
			w.Text = regexp.QuoteMeta(w.Text)
		}
		expr.WriteString(w.Text)
	}
	if !a.Known() {
		return Status{Why: a.Doubt()}
	}
	re, err := regexp.CompilePOSIX(expr.String())
	if err != nil {
		m.Set("BASH_REMATCH", expand.Variable{}, "[[ =~ ]]")
		return Status{Why: "the expression " + expr.String()}
	}
	found := re.FindStringSubmatch(a.Text)
	m.Set("BASH_REMATCH", expand.Variable{Set: true, Kind: expand.Indexed, List: found}, "")
	return Whether(found != nil)
}
