package builtin

import (
	"github.com/howdah/howdah/internal/shell"
)

// testCommand is test and [.
func testCommand(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	args := c.Args
	if c.Name == "[" {
		if len(args) == 0 || args[len(args)-1].Text != "]" {
			return shell.Status{Code: 2}
		}
		args = args[:len(args)-1]
	}
	p := &testArgs{m: m, args: args}
	s := p.or()
	if p.at < len(args) {
		return shell.Status{Why: "a test of a form that is not followed"}
	}
	return s
}

// testArgs reads the arguments of test.
type testArgs struct {
	m    *shell.Machine
	args []shell.Word
	at   int
}

func (p *testArgs) next(s string) bool {
	if p.at < len(p.args) && p.args[p.at].Text == s {
		p.at++
		return true
	}
	return false
}

func (p *testArgs) or() shell.Status {
	s := p.and()
	for p.next("-o") {
		s = shell.Either(s, p.and())
	}
	return s
}

func (p *testArgs) and() shell.Status {
	s := p.one()
	for p.next("-a") {
		s = shell.Both(s, p.one())
	}
	return s
}

func (p *testArgs) one() shell.Status {
	left := len(p.args) - p.at
	if left == 0 {
		return shell.Failed
	}
	if left >= 3 && binaryOps[p.args[p.at+1].Text] {
		s := shell.Compare(p.args[p.at], p.args[p.at+1].Text, p.args[p.at+2])
		p.at += 3
		return s
	}
	if left >= 2 && p.next("!") {
		return shell.Not(p.one())
	}
	if left >= 3 && p.next("(") {
		s := p.or()
		p.next(")")
		return s
	}
	a := p.args[p.at]
	if left >= 2 && len(a.Text) == 2 && a.Text[0] == '-' {
		p.at += 2
		return p.m.Ask(a.Text, p.args[p.at-1])
	}
	p.at++
	if !a.Known() {
		return shell.Status{Why: a.Doubt()}
	}
	return shell.Whether(a.Text != "")
}

var binaryOps = shell.Set("= == != -eq -ne -lt -le -gt -ge -nt -ot -ef < >")
