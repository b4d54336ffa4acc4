// Package arguments reads the arguments of a program that a script runs: options with their values, and operands.
package arguments

import (
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/shell"
)

// Options are the options that a command has, by name without dashes, with their values.
type Options map[string]shell.Word

// Has reports whether one of the options is there.
func (o Options) Has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, found := o[name]; return found })
}

// Value is the value of an option that goes by several names.
func (o Options) Value(names ...string) (shell.Word, bool) {
	for _, name := range names {
		if w, found := o[name]; found {
			return w, true
		}
	}
	return shell.Word{}, false
}

// Split separates a command's options from its operands. Of an option in takes the next argument is its value.
func Split(args []shell.Word, takes string) (options Options, rest []shell.Word) {
	options = Options{}
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a.Text == "--":
			return options, append(rest, args[i+1:]...)
		case strings.HasPrefix(a.Text, "--"):
			name, value, _ := strings.Cut(a.Text[2:], "=")
			options[name] = shell.Word{Text: value, Why: a.Why}
		case strings.HasPrefix(a.Text, "-") && len(a.Text) > 1:
			for k := 1; k < len(a.Text); k++ {
				name := a.Text[k : k+1]
				if !strings.Contains(takes, name) {
					options[name] = shell.Word{}
					continue
				}
				value := shell.Word{Text: a.Text[k+1:], Why: a.Why}
				if value.Text == "" && i+1 < len(args) {
					i++
					value = args[i]
				}
				options[name] = value
				break
			}
		default:
			rest = append(rest, a)
		}
	}
	return options, rest
}

// WithValues joins the long options that take a value with it, where that is an argument of its own.
func WithValues(args []shell.Word, names ...string) (out []shell.Word) {
	for i := 0; i < len(args); i++ {
		w := args[i]
		if name, isLong := strings.CutPrefix(w.Text, "--"); isLong && slices.Contains(names, name) && i+1 < len(args) {
			i++
			w = shell.Word{Text: w.Text + "=" + args[i].Text, Why: args[i].Why}
		}
		out = append(out, w)
	}
	return out
}

// Number parses a count; -1 if it is none.
func Number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
