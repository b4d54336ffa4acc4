package shell

import (
	"maps"
	"slices"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
)

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
		if v.Map = maps.Clone(v.Map); v.Map == nil {
			v.Map = map[string]string{}
		}
		v.Map[key.Text] = value
		return v, ""
	}
	n, why := m.arithmetic(index)
	if why != "" {
		return v, why
	}
	list, indexes := bash.Elements(v)
	if n < 0 && len(indexes) > 0 {
		n += indexes[len(indexes)-1] + 1
	}
	if n < 0 {
		return v, "an index below zero"
	}
	at, found := slices.BinarySearch(indexes, n)
	if found {
		list[at] = value
	} else {
		list, indexes = slices.Insert(list, at, value), slices.Insert(indexes, at, n)
	}
	return bash.Indexed(v, list, indexes), ""
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
			list, indexes := bash.Elements(v)
			next := 0
			if len(indexes) > 0 {
				next = indexes[len(indexes)-1] + 1
			}
			v = bash.Indexed(v, append(list, w.Text), append(indexes, next))
		}
	}
	m.Set(name, v, why)
}
