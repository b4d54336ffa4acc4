package textcommand

import (
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/shell"
)

// action returns a predicate that is always true and collects what it is called with.
func (r *findReader) action(kind string, args []shell.Word, all bool) predicate {
	a := &action{kind: kind, args: args, all: all}
	r.actions = append(r.actions, a)
	return func(x *found) bool {
		a.found = append(a.found, shell.Word{Text: x.shown, Globbed: true})
		return true
	}
}

// act runs an action on what it has collected.
func act(m *shell.Machine, c *shell.Call, a *action) shell.Status {
	switch a.kind {
	case "print", "print0":
		end := "\n"
		if a.kind == "print0" {
			end = "\x00"
		}
		for _, w := range a.found {
			m.Log.Globbed[w.Text] = true
			m.Print([]byte(w.Text + end))
		}
		return shell.Succeeded
	case "delete":
		slices.Reverse(a.found) // the contents of a folder come before the folder
		return m.DispatchArgs(c, append([]shell.Word{{Text: "rm"}, {Text: "-fd"}}, a.found...))
	}
	if a.all {
		var args []shell.Word
		for _, w := range a.args {
			if w.Text == "{}" {
				args = append(args, a.found...)
			} else {
				args = append(args, w)
			}
		}
		if len(a.found) == 0 {
			return shell.Succeeded
		}
		return m.DispatchArgs(c, args)
	}
	for _, one := range a.found {
		m.Log.Globbed[one.Text] = true
		var args []shell.Word
		for _, w := range a.args {
			w.Text = strings.ReplaceAll(w.Text, "{}", one.Text)
			w.Globbed = w.Text == one.Text
			args = append(args, w)
		}
		m.DispatchArgs(c, args)
	}
	return shell.Succeeded
}
