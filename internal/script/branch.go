package script

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// maybe follows branches of which at most one runs, and none for certain: what they change is uncertain afterwards.
func (m *machine) maybe(why string, branches ...func(*machine)) {
	var after []*machine
	for _, branch := range branches {
		sub := m.clone()
		if sub.perhaps == "" {
			sub.perhaps = why
		}
		if m.out != nil {
			sub.out = &stream{}
		}
		if m.err != nil {
			if sub.err = sub.out; m.err != m.out {
				sub.err = &stream{}
			}
		}
		sub.traps = maps.Clone(m.traps)
		branch(sub)
		if !maps.Equal(sub.traps, m.traps) {
			m.undecided(m.stmtAt, "not expressible: it sets a trap in a condition that is known only at run time: %s", why)
		}
		after = append(after, sub)
	}
	m.status = status{why: why}
	for _, sub := range after {
		for name, v := range sub.vars {
			if old, had := m.vars[name]; !had || old.String() != v.String() || old.Set != v.Set {
				m.set(name, expand.Variable{}, why)
			}
		}
		for name, d := range sub.doubts {
			if _, had := m.doubts[name]; !had {
				m.set(name, expand.Variable{}, d)
			}
		}
		for name, f := range sub.funcs {
			if old, had := m.funcs[name]; !had || old.body != f.body {
				m.unsure[name] = why
			}
		}
		if sub.cwd != m.cwd && sub.flow != ending {
			m.cwd = "/" + unknown(why)
		}
		if m.err != nil && (sub.err.why != "" || len(sub.err.data) > 0) {
			m.err.why = why
		}
		if m.out != nil && (sub.out.why != "" || len(sub.out.data) > 0) {
			m.out.why = why
		}
		if sub.flow != onward && (sub.flow != ending || sub.status.why == "" && sub.status.code == 0) && m.perhaps == "" {
			m.perhaps = why // it may have ended here
		}
	}
}

func (m *machine) ifClause(c *syntax.IfClause) {
	if len(c.Cond) == 0 { // else
		m.stmts(c.Then)
		return
	}
	s := m.condition(func() { m.stmts(c.Cond) })
	if m.flow != onward {
		return
	}
	where := fmt.Sprintf("the condition on line %d", m.line(c))
	switch {
	case s.why != "":
		m.maybe(s.why, func(sub *machine) { sub.stmts(c.Then) }, func(sub *machine) {
			if c.Else != nil {
				sub.ifClause(c.Else)
			}
		})
	case s.code == 0:
		if c.Else != nil {
			m.skip(c.Else.Then, where+" holds")
		}
		m.status = succeeded
		m.stmts(c.Then)
	default:
		m.skip(c.Then, where+" does not hold")
		m.status = succeeded
		if c.Else != nil {
			m.ifClause(c.Else)
		}
	}
}

func (m *machine) caseClause(c *syntax.CaseClause) {
	w := m.literal(c.Word)
	m.status = succeeded
	if !w.known() {
		var branches []func(*machine)
		for _, item := range c.Items {
			branches = append(branches, func(sub *machine) { sub.stmts(item.Stmts) })
		}
		m.maybe(w.doubt(), branches...)
		return
	}
	falls := false
	for i, item := range c.Items {
		hit := falls
		for _, p := range item.Patterns {
			yes, why := m.matches(w.s, p)
			if why != "" {
				var rest []func(*machine)
				for _, item := range c.Items[i:] {
					rest = append(rest, func(sub *machine) { sub.stmts(item.Stmts) })
				}
				m.maybe(why, rest...)
				return
			}
			hit = hit || yes
		}
		if !hit {
			m.skip(item.Stmts, fmt.Sprintf("another case on line %d holds", m.line(c)))
			continue
		}
		m.stmts(item.Stmts)
		if falls = item.Op == syntax.Fallthrough; !falls && item.Op != syntax.Resume || m.flow != onward {
			return
		}
	}
}

// matches compares a text with a pattern of the shell.
func (m *machine) matches(s string, p *syntax.Word) (yes bool, why string) {
	var pat string
	why = m.expansion(func(c *expand.Config) (err error) {
		pat, err = expand.Pattern(c, p)
		return err
	})
	if why == "" && isMarked(pat) {
		why = word{s: strings.ReplaceAll(pat, `\`, "")}.doubt()
	}
	if why != "" {
		return false, why
	}
	expr, err := pattern.Regexp(pat, pattern.EntireString|pattern.ExtendedOperators)
	if err != nil {
		return false, "the pattern " + pat
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return false, "the pattern " + pat
	}
	return re.MatchString(s), ""
}
