package script

import (
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// test is test and [.
func (m *machine) test(c *call) status {
	m.harmless(c.spot)
	args := c.args
	if c.name == "[" {
		if len(args) == 0 || args[len(args)-1].s != "]" {
			return status{code: 2}
		}
		args = args[:len(args)-1]
	}
	p := &testArgs{m: m, args: args}
	s := p.or()
	if p.at < len(args) {
		return status{why: "a test of a form that is not followed"}
	}
	return s
}

// testArgs reads the arguments of test.
type testArgs struct {
	m    *machine
	args []word
	at   int
}

func (p *testArgs) next(s string) bool {
	if p.at < len(p.args) && p.args[p.at].s == s {
		p.at++
		return true
	}
	return false
}

func (p *testArgs) or() status {
	s := p.and()
	for p.next("-o") {
		s = either(s, p.and())
	}
	return s
}

func (p *testArgs) and() status {
	s := p.one()
	for p.next("-a") {
		s = both(s, p.one())
	}
	return s
}

func (p *testArgs) one() status {
	left := len(p.args) - p.at
	if left == 0 {
		return failed
	}
	if left >= 3 && binaryOps[p.args[p.at+1].s] {
		s := p.m.compare(p.args[p.at], p.args[p.at+1].s, p.args[p.at+2])
		p.at += 3
		return s
	}
	if left >= 2 && p.next("!") {
		return not(p.one())
	}
	if left >= 3 && p.next("(") {
		s := p.or()
		p.next(")")
		return s
	}
	a := p.args[p.at]
	if left >= 2 && len(a.s) == 2 && a.s[0] == '-' {
		p.at += 2
		return p.m.ask(a.s, p.args[p.at-1])
	}
	p.at++
	if !a.known() {
		return status{why: a.doubt()}
	}
	return ok(a.s != "")
}

var binaryOps = set("= == != -eq -ne -lt -le -gt -ge -nt -ot -ef < >")

func not(s status) status {
	if s.why != "" {
		return s
	}
	return ok(s.code != 0)
}

func both(a, b status) status {
	switch {
	case a.why == "" && a.code != 0, b.why == "" && b.code != 0:
		return failed
	case a.why != "":
		return a
	}
	return b
}

func either(a, b status) status { return not(both(not(a), not(b))) }

// ask is a test of one argument.
func (m *machine) ask(op string, a word) status {
	switch op {
	case "-n", "-z":
		if !a.known() {
			if startsMarked(a.s) && a.why == "" { // a path: it is not empty
				return ok(op == "-n")
			}
			return status{why: a.doubt()}
		}
		return ok((a.s == "") == (op == "-z"))
	case "-v":
		if _, found := m.vars[a.s]; found {
			return ok(m.vars[a.s].Set)
		}
		return status{why: a.s}
	case "-e", "-f", "-d", "-r", "-w", "-s", "-x", "-L", "-h":
	default:
		return status{why: "test " + op}
	}
	if a.why != "" && !startsMarked(a.s) {
		return status{why: a.doubt()}
	}
	p, known := m.place(a.s, false)
	if !known {
		return status{why: a.doubt()}
	}
	if op == "-L" || op == "-h" {
		p, _ = m.entry(a.s)
	}
	f, folder := m.world.read(p), m.world.isFolder(p)
	if p.disk == outside && f == nil && !folder {
		return status{why: "what is at " + clear(a.s)}
	}
	if f != nil && f.why != "" && f.data == nil {
		return status{why: m.certain(f)}
	}
	switch op {
	case "-e", "-r", "-w":
		return ok(f != nil || folder)
	case "-d":
		return ok(folder)
	case "-s":
		return ok(folder || f != nil && len(f.data) > 0)
	case "-x":
		return ok(folder || f != nil && f.mode&0o100 != 0)
	case "-L", "-h":
		return ok(f != nil && f.mode == 0o120000)
	}
	return ok(f != nil)
}

// compare is a test of two arguments.
func (m *machine) compare(a word, op string, b word) status {
	for _, w := range []word{a, b} {
		if !w.known() {
			return status{why: w.doubt()}
		}
	}
	switch op {
	case "=", "==":
		return ok(a.s == b.s)
	case "!=":
		return ok(a.s != b.s)
	case "<", ">":
		return ok(a.s != b.s && (a.s < b.s) == (op == "<"))
	}
	x, err := strconv.Atoi(strings.TrimSpace(a.s))
	y, other := strconv.Atoi(strings.TrimSpace(b.s))
	if err != nil || other != nil {
		if op == "-nt" || op == "-ot" || op == "-ef" {
			return status{why: "the age of " + a.s}
		}
		return status{code: 2}
	}
	switch op {
	case "-eq":
		return ok(x == y)
	case "-ne":
		return ok(x != y)
	case "-lt":
		return ok(x < y)
	case "-le":
		return ok(x <= y)
	case "-gt":
		return ok(x > y)
	case "-ge":
		return ok(x >= y)
	}
	return status{why: "test " + op}
}

// testExpr is [[ … ]].
func (m *machine) testExpr(x syntax.TestExpr) status {
	switch x := x.(type) {
	case *syntax.Word:
		w := m.literal(x)
		if !w.known() {
			return status{why: w.doubt()}
		}
		return ok(w.s != "")
	case *syntax.ParenTest:
		return m.testExpr(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			return not(m.testExpr(x.X))
		}
		if w, isWord := x.X.(*syntax.Word); isWord {
			return m.ask(x.Op.String(), m.literal(w))
		}
	case *syntax.BinaryTest:
		switch x.Op {
		case syntax.AndTest:
			return both(m.testExpr(x.X), m.testExpr(x.Y))
		case syntax.OrTest:
			return either(m.testExpr(x.X), m.testExpr(x.Y))
		}
		left, isWord := x.X.(*syntax.Word)
		right, areWords := x.Y.(*syntax.Word)
		if !isWord || !areWords {
			break
		}
		return m.compareWords(m.literal(left), x.Op, right)
	}
	return status{why: "a test of a form that is not followed"}
}

// compareWords compares in [[ … ]], where = takes a pattern.
func (m *machine) compareWords(a word, op syntax.BinTestOperator, right *syntax.Word) status {
	switch op {
	case syntax.TsMatch, syntax.TsMatchShort, syntax.TsNoMatch:
		if !a.known() {
			return status{why: a.doubt()}
		}
		yes, why := m.matches(a.s, right)
		if why != "" {
			return status{why: why}
		}
		return ok(yes == (op != syntax.TsNoMatch))
	case syntax.TsReMatch:
		return m.matchExpression(a, right)
	}
	b := m.literal(right)
	if strings.HasPrefix(op.String(), "-") && op != syntax.TsNewer && op != syntax.TsOlder && op != syntax.TsDevIno {
		for _, w := range []*word{&a, &b} { // arithmetic, where a name is its value
			if v, found := m.vars[w.s]; found && w.known() && v.Kind == expand.String {
				w.s = v.Str
			}
		}
	}
	return m.compare(a, op.String(), b)
}

// matchExpression is [[ text =~ expression ]], which leaves what matched in BASH_REMATCH.
func (m *machine) matchExpression(a word, right *syntax.Word) status {
	var expr strings.Builder
	for _, part := range right.Parts {
		w := &syntax.Word{Parts: []syntax.WordPart{part}}
		switch part := part.(type) {
		case *syntax.Lit:
			expr.WriteString(part.Value)
			continue
		case *syntax.SglQuoted, *syntax.DblQuoted: // what is quoted stands for itself
			text := m.literal(w)
			if !text.known() {
				return status{why: text.doubt()}
			}
			expr.WriteString(regexp.QuoteMeta(text.s))
			continue
		}
		text := m.literal(w)
		if !text.known() {
			return status{why: text.doubt()}
		}
		expr.WriteString(text.s)
	}
	if !a.known() {
		return status{why: a.doubt()}
	}
	re, err := regexp.CompilePOSIX(expr.String())
	if err != nil {
		m.set("BASH_REMATCH", expand.Variable{}, "[[ =~ ]]")
		return status{why: "the expression " + expr.String()}
	}
	found := re.FindStringSubmatch(a.s)
	m.set("BASH_REMATCH", expand.Variable{Set: true, Kind: expand.Indexed, List: found}, "")
	return ok(found != nil)
}
