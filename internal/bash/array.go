package bash

import (
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
