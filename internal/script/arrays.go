package script

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// assignElement is A[i]=value and M[key]=value.
func (m *machine) assignElement(a *syntax.Assign) {
	name := a.Name.Value
	old, had := m.vars[name]
	w := m.literal(a.Value)
	why := w.doubt() + m.doubts[name]
	switch {
	case a.Append || old.Kind == expand.NameRef:
		why = name + "[…]"
	case !had && m.doubts[name] == "":
		why = name // it may be in the environment, which has no arrays: its text is the first element
	}
	if startsMarked(w.s) && w.why == "" { // a path
		why = m.doubts[name]
	}
	next, problem := m.withElement(old, a.Index, w.s)
	m.set(name, next, why+problem)
}

// withElement is an array with one element more, or another one.
func (m *machine) withElement(v expand.Variable, index syntax.ArithmExpr, value string) (expand.Variable, string) {
	v.Set = true
	if v.Kind == expand.Associative {
		w, isWord := index.(*syntax.Word)
		if !isWord {
			return v, "a key of an array"
		}
		key := m.literal(w)
		if !key.known() {
			return v, key.doubt()
		}
		if v.Map = maps.Clone(v.Map); v.Map == nil {
			v.Map = map[string]string{}
		}
		v.Map[key.s] = value
		return v, ""
	}
	n, why := m.arithmetic(index)
	if why != "" {
		return v, why
	}
	list, indexes := elements(v)
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
	return indexed(v, list, indexes), ""
}

// elements are the elements of an array and their indexes, for the caller to change.
func elements(v expand.Variable) (list []string, indexes []int) {
	list = slices.Clone(v.List)
	if v.Kind == expand.String && v.Set {
		list = []string{v.Str}
	}
	if indexes = slices.Clone(v.Indexes); indexes == nil {
		for i := range list {
			indexes = append(indexes, i)
		}
	}
	return list, indexes
}

// indexed is a variable with these elements.
func indexed(v expand.Variable, list []string, indexes []int) expand.Variable {
	v.Set, v.Kind, v.Str, v.List, v.Indexes = true, expand.Indexed, "", list, nil
	for i, n := range indexes {
		if i != n {
			v.Indexes = indexes
		}
	}
	return v
}

// assignList gives a variable a list.
func (m *machine) assignList(a *syntax.Assign) {
	name := a.Name.Value
	v, had := m.vars[name]
	why := ""
	switch isMap := v.Kind == expand.Associative; {
	case isMap && a.Append:
		why = m.doubts[name]
	case isMap:
		v.Map = nil
	case !a.Append:
		v = expand.Variable{Kind: expand.Indexed}
	case !had:
		why = name
	default:
		why = m.doubts[name]
	}
	v.Set = true
	if v.Kind != expand.Associative {
		list, indexes := elements(v)
		v = indexed(v, list, indexes)
	}
	for _, e := range a.Array.Elems {
		if e.Index != nil {
			w := m.literal(e.Value)
			next, problem := m.withElement(v, e.Index, w.s)
			v, why = next, why+problem
			if w.why != "" && !startsMarked(w.s) {
				why = w.why
			}
			continue
		}
		if v.Kind == expand.Associative {
			why = name + "=(…)"
			break
		}
		for _, w := range m.fields([]*syntax.Word{e.Value}) {
			if w.why != "" && !startsMarked(w.s) {
				why = w.why
			}
			list, indexes := elements(v)
			next := 0
			if len(indexes) > 0 {
				next = indexes[len(indexes)-1] + 1
			}
			v = indexed(v, append(list, w.s), append(indexes, next))
		}
	}
	m.set(name, v, why)
}

// unsetElement is unset 'A[i]'.
func (m *machine) unsetElement(name, index string) {
	v, had := m.vars[name]
	if !had {
		return
	}
	key := strings.Trim(index, `"'`)
	if v.Kind == expand.Associative {
		v.Map = maps.Clone(v.Map)
		delete(v.Map, key)
		m.vars[name] = v
		return
	}
	var n int
	if _, err := fmt.Sscan(key, &n); err != nil || fmt.Sprint(n) != key || n < 0 {
		m.set(name, expand.Variable{}, name)
		return
	}
	list, indexes := elements(v)
	if at, found := slices.BinarySearch(indexes, n); found {
		m.vars[name] = indexed(v, slices.Delete(list, at, at+1), slices.Delete(indexes, at, at+1))
	}
}
