package shell

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
)

// maybe follows branches of which at most one runs, and none for certain: what they change is uncertain afterwards.
func (m *Machine) maybe(why string, branches ...func(*Machine)) {
	var after []*Machine
	for _, branch := range branches {
		sub := m.Clone()
		if sub.Perhaps == "" {
			sub.Perhaps = why
		}
		if m.Out != nil {
			sub.Out = &Stream{}
		}
		if m.err != nil {
			if sub.err = sub.Out; m.err != m.Out {
				sub.err = &Stream{}
			}
		}
		sub.Traps = maps.Clone(m.Traps)
		branch(sub)
		if !maps.Equal(sub.Traps, m.Traps) {
			m.Undecided(m.stmtAt, "not expressible: it sets a trap in a condition that is known only at run time: %s", why)
		}
		after = append(after, sub)
	}
	m.Status = Status{Why: why}
	for _, sub := range after {
		for name, v := range sub.Vars {
			if old, had := m.Vars[name]; !had || old.String() != v.String() || old.Set != v.Set {
				m.Set(name, expand.Variable{}, why)
			}
		}
		for name, d := range sub.Doubts {
			if _, had := m.Doubts[name]; !had {
				m.Set(name, expand.Variable{}, d)
			}
		}
		for name, f := range sub.Funcs {
			if old, had := m.Funcs[name]; !had || old.body != f.body {
				m.unsure[name] = why
			}
		}
		if sub.Flow != Ending {
			m.mergeFolders(sub, why)
		}
		if m.err != nil && (sub.err.Why != "" || len(sub.err.Data) > 0) {
			m.err.Why = why
		}
		if m.Out != nil && (sub.Out.Why != "" || len(sub.Out.Data) > 0) {
			m.Out.Why = why
		}
		if sub.Flow != Onward {
			m.mayLeave = why
		} else if sub.mayLeave != "" {
			m.mayLeave = sub.mayLeave
		}
		if sub.Flow != Onward && (sub.Flow != Ending || sub.Status.Why == "" && sub.Status.Code == 0) && m.Perhaps == "" {
			m.Perhaps = why // it may have ended here
		}
	}
}

// mergeFolders takes over from a branch that may have run where the shell is, was before, and goes back to: what the
// branch changed is not known.
func (m *Machine) mergeFolders(branch *Machine, why string) {
	lost := placeholder.Lost(fmt.Sprintf("%s, on %s", why, m.stmtAt.Where()))
	if branch.Cwd != m.Cwd {
		m.Cwd = lost
	}
	if branch.Before != m.Before {
		m.Before = lost
	}
	if !slices.Equal(branch.Folders, m.Folders) {
		m.Folders = slices.Repeat([]string{lost}, max(len(branch.Folders), len(m.Folders)))
	}
}

// Absent is a cd to a folder that is not here, though a command that is not followed may have made it. Where the shell
// is afterwards is known only where it stops if there is none.
func (m *Machine) Absent(folder, why string) Status {
	if m.World.First {
		return Succeeded
	}
	if m.Errexit && m.guarded == 0 {
		return m.supposed(why)
	}
	m.entered, m.Cwd = folder, placeholder.Lost(fmt.Sprintf("%s, on %s", why, m.stmtAt.Where()))
	return Status{Why: why}
}

// supposed notes that what follows a cd is followed as if its folder were there: without it the script ends.
func (m *Machine) supposed(why string) Status {
	return m.Undecided(m.stmtAt, "not expressible: %s is known only at run time; the lines after it are followed as if "+
		"there were", why)
}

func (m *Machine) ifClause(c *syntax.IfClause) {
	if len(c.Cond) == 0 { // else
		m.Stmts(c.Then)
		return
	}
	s := m.condition(func() { m.Stmts(c.Cond) })
	if m.Flow != Onward {
		return
	}
	where := fmt.Sprintf("the condition on %s", m.at(c).Where())
	switch {
	case s.Why != "":
		m.maybe(s.Why, func(sub *Machine) { sub.Stmts(c.Then) }, func(sub *Machine) {
			if c.Else != nil {
				sub.ifClause(c.Else)
			}
		})
	case s.Code == 0:
		if c.Else != nil {
			m.skip(c.Else.Then, where+" holds")
		}
		m.Status = Succeeded
		m.Stmts(c.Then)
	default:
		m.skip(c.Then, where+" does not hold")
		m.Status = Succeeded
		if c.Else != nil {
			m.ifClause(c.Else)
		}
	}
}

func (m *Machine) caseClause(c *syntax.CaseClause) {
	w := m.literal(c.Word)
	m.Status = Succeeded
	if !w.Known() {
		var branches []func(*Machine)
		for _, item := range c.Items {
			branches = append(branches, func(sub *Machine) { sub.Stmts(item.Stmts) })
		}
		m.maybe(w.Doubt(), branches...)
		return
	}
	falls := false
	for i, item := range c.Items {
		hit := falls
		for _, p := range item.Patterns {
			yes, why := m.matches(w.Text, p)
			if why != "" {
				var rest []func(*Machine)
				for _, item := range c.Items[i:] {
					rest = append(rest, func(sub *Machine) { sub.Stmts(item.Stmts) })
				}
				m.maybe(why, rest...)
				return
			}
			hit = hit || yes
		}
		if !hit {
			m.skip(item.Stmts, fmt.Sprintf("another case on %s holds", m.at(c).Where()))
			continue
		}
		m.Stmts(item.Stmts)
		if falls = item.Op == syntax.Fallthrough; !falls && item.Op != syntax.Resume || m.Flow != Onward {
			return
		}
	}
}

// matches compares a text with a pattern of the shell.
func (m *Machine) matches(s string, p *syntax.Word) (yes bool, why string) {
	pat, why := m.patternOf(p)
	if why == "" && placeholder.In(pat) {
		why = Word{Text: strings.ReplaceAll(pat, `\`, "")}.Doubt()
	}
	if why != "" {
		return false, why
	}
	re, err := bash.Pattern(pat)
	if err != nil {
		return false, "the pattern " + pat
	}
	return re.MatchString(s), ""
}
