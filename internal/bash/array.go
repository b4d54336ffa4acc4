package bash

import (
	"maps"
	"slices"

	"mvdan.cc/sh/v3/expand"
)

// Elements are the elements of an array and their indexes, for the caller to change.
func Elements(v expand.Variable) (list []string, indexes []int) {
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

// Indexed is a variable with these elements.
func Indexed(v expand.Variable, list []string, indexes []int) expand.Variable {
	v.Set, v.Kind, v.Str, v.List, v.Indexes = true, expand.Indexed, "", list, nil
	for i, n := range indexes {
		if i != n {
			v.Indexes = indexes
		}
	}
	return v
}

// WithElement is an array with one element more, or another one. An index below zero counts from behind the last;
// false: there is no such element.
func WithElement(v expand.Variable, n int, value string) (expand.Variable, bool) {
	list, indexes := Elements(v)
	if n < 0 {
		n += next(indexes)
	}
	if n < 0 {
		return v, false
	}
	at, found := slices.BinarySearch(indexes, n)
	if found {
		list[at] = value
	} else {
		list, indexes = slices.Insert(list, at, value), slices.Insert(indexes, at, n)
	}
	return Indexed(v, list, indexes), true
}

// Appended is an array with an element behind its last.
func Appended(v expand.Variable, value string) expand.Variable {
	list, indexes := Elements(v)
	return Indexed(v, append(list, value), append(indexes, next(indexes)))
}

// next is the index behind the last.
func next(indexes []int) int {
	if len(indexes) == 0 {
		return 0
	}
	return indexes[len(indexes)-1] + 1
}

// WithKey is an associative array with one element more, or another one.
func WithKey(v expand.Variable, key, value string) expand.Variable {
	all := maps.Clone(v.Map)
	if all == nil {
		all = map[string]string{}
	}
	all[key] = value
	v.Set, v.Map = true, all
	return v
}

// Text is a variable that holds a text.
func Text(s string) expand.Variable { return expand.Variable{Set: true, Kind: expand.String, Str: s} }

// Length is how many bytes a variable's value has.
func Length(v expand.Variable) int {
	n := len(v.Str)
	for _, s := range v.List {
		n += len(s) + 1
	}
	for k, s := range v.Map {
		n += len(k) + len(s)
	}
	return n
}
