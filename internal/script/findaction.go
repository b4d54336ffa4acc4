package script

import (
	"slices"
	"strings"
)

// action is a test that is true and keeps what came to it.
func (r *findReader) action(kind string, args []word, all bool) predicate {
	a := &action{kind: kind, args: args, all: all}
	r.actions = append(r.actions, a)
	return func(x *found) bool {
		a.found = append(a.found, word{s: x.shown, globbed: true})
		return true
	}
}

// act does with what was found what find is asked to.
func (m *machine) act(c *call, a *action) status {
	switch a.kind {
	case "print", "print0":
		end := "\n"
		if a.kind == "print0" {
			end = "\x00"
		}
		for _, w := range a.found {
			m.log.globbed[w.s] = true
			m.print([]byte(w.s + end))
		}
		return succeeded
	case "delete":
		slices.Reverse(a.found) // what is in a folder goes before it
		return m.dispatchArgs(c, append([]word{{s: "rm"}, {s: "-fd"}}, a.found...))
	}
	if a.all {
		var args []word
		for _, w := range a.args {
			if w.s == "{}" {
				args = append(args, a.found...)
			} else {
				args = append(args, w)
			}
		}
		if len(a.found) == 0 {
			return succeeded
		}
		return m.dispatchArgs(c, args)
	}
	for _, one := range a.found {
		m.log.globbed[one.s] = true
		var args []word
		for _, w := range a.args {
			w.s = strings.ReplaceAll(w.s, "{}", one.s)
			w.globbed = w.s == one.s
			args = append(args, w)
		}
		m.dispatchArgs(c, args)
	}
	return succeeded
}
