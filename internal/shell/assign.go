package shell

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
)

// declare is local, export, declare, readonly.
func (m *Machine) declare(c *syntax.DeclClause) {
	defer func() { m.Status = Succeeded }() // an assignment may use $?
	flags := ""
	for _, a := range c.Args {
		if a.Naked && a.Name == nil {
			if a.Value != nil {
				flags += a.Value.Lit()
			}
			continue
		}
		name, v := a.Name.Value, c.Variant.Value
		isLocal := v == "local" || v == "declare" || v == "typeset"
		if m.locals != nil && isLocal && !strings.Contains(flags, "g") {
			if _, again := m.locals[name]; !again {
				m.locals[name] = m.Saved(name)
			}
			if v == "local" || a.Naked {
				m.Set(name, expand.Variable{}, "")
			}
		}
		switch {
		case strings.Contains(flags, "A") && m.Vars[name].Kind != expand.Associative:
			m.Set(name, expand.Variable{Kind: expand.Associative}, "")
		case strings.Contains(flags, "a") && !m.Vars[name].Set:
			m.Set(name, expand.Variable{Kind: expand.Indexed}, "")
		}
		if !a.Naked {
			m.assign(a)
		}
		if v == "export" || strings.Contains(flags, "x") {
			if old, had := m.Vars[name]; had && flags != "-n" {
				old.Exported = true
				m.Vars[name] = old
			}
		}
	}
	m.Harmless(m.at(c))
}

// assign sets a variable.
func (m *Machine) assign(a *syntax.Assign) {
	name := a.Name.Value
	switch {
	case a.Index != nil:
		m.assignElement(a)
	case a.Array != nil:
		m.assignList(a)
	default:
		w := m.literal(a.Value)
		why := w.Why
		if a.Append {
			old := Environ{m}.Get(name)
			if _, doubtful := m.Doubts[name]; doubtful || placeholder.In(old.Str) {
				why = name
			}
			if old.Kind == expand.Indexed || old.Kind == expand.Associative {
				why = name
			}
			w.Text = old.Str + w.Text
		}
		m.Set(name, bash.Text(w.Text), why)
	}
}

// assignElement is A[i]=value and M[key]=value.
func (m *Machine) assignElement(a *syntax.Assign) {
	name := a.Name.Value
	old, had := m.Vars[name]
	w := m.literal(a.Value)
	why := w.Doubt() + m.Doubts[name]
	switch {
	case a.Append || old.Kind == expand.NameRef:
		why = name + "[…]"
	case !had && m.Doubts[name] == "":
		why = name // it may be in the environment, which has no arrays: its text is the first element
	}
	if placeholder.Begins(w.Text) && w.Why == "" { // a path
		why = m.Doubts[name]
	}
	next, problem := m.withElement(old, a.Index, w.Text)
	m.Set(name, next, why+problem)
}

// withElement is an array with one element more, or another one.
func (m *Machine) withElement(v expand.Variable, index syntax.ArithmExpr, value string) (expand.Variable, string) {
	v.Set = true
	if v.Kind == expand.Associative {
		w, isWord := index.(*syntax.Word)
		if !isWord {
			return v, "a key of an array"
		}
		key := m.literal(w)
		if !key.Known() {
			return v, key.Doubt()
		}
		return bash.WithKey(v, key.Text, value), ""
	}
	n, why := m.arithmetic(index)
	if why != "" {
		return v, why
	}
	next, found := bash.WithElement(v, n, value)
	if !found {
		return v, "an index below zero"
	}
	return next, ""
}

// assignList sets a variable to a list.
func (m *Machine) assignList(a *syntax.Assign) {
	name := a.Name.Value
	v, had := m.Vars[name]
	why := ""
	switch isMap := v.Kind == expand.Associative; {
	case isMap && a.Append:
		why = m.Doubts[name]
	case isMap:
		v.Map = nil
	case !a.Append:
		v = expand.Variable{Kind: expand.Indexed}
	case !had:
		why = name
	default:
		why = m.Doubts[name]
	}
	v.Set = true
	if v.Kind != expand.Associative {
		list, indexes := bash.Elements(v)
		v = bash.Indexed(v, list, indexes)
	}
	for _, e := range a.Array.Elems {
		if e.Index != nil {
			w := m.literal(e.Value)
			next, problem := m.withElement(v, e.Index, w.Text)
			v, why = next, why+problem
			if w.Why != "" && !placeholder.Begins(w.Text) {
				why = w.Why
			}
			continue
		}
		if v.Kind == expand.Associative {
			why = name + "=(…)"
			break
		}
		for _, w := range m.fields([]*syntax.Word{e.Value}) {
			if w.Why != "" && !placeholder.Begins(w.Text) {
				why = w.Why
			}
			v = bash.Appended(v, w.Text)
		}
	}
	m.Set(name, v, why)
}
