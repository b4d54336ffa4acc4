package textcommand

import (
	"strings"

	"github.com/howdah/howdah/internal/shell"
)

// xargsOptions are xargs' parsed options.
type xargsOptions struct {
	replace   string // of -I
	zero      bool
	each      bool // one command for each item
	skipEmpty bool
	lines     bool // one item per line; quotes are plain characters
	refused   string
}

// xargs runs a command with the items of its input as arguments.
func xargs(m *shell.Machine, c *shell.Call) shell.Status {
	if m.In == nil || m.In.Why != "" {
		why := "what is typed in"
		if m.In != nil {
			why = m.In.Why
		}
		return m.Unclear(c.Spot, why)
	}
	o, args := xargsArgs(c.Args)
	items, quoted := o.items(string(m.In.Data))
	switch {
	case o.refused != "":
		return m.Undecided(c.Spot, "not expressible: the import does not follow xargs %s", o.refused)
	case quoted:
		return m.Undecided(c.Spot, "not expressible: xargs reads quotes in the names that it is given")
	}
	if len(args) == 0 {
		args = []shell.Word{{Text: "echo"}}
	}
	inner := m.Clone()
	inner.In = &shell.Stream{}
	if len(items) == 0 {
		if o.skipEmpty || o.replace != "" || args[0].Text == "sed" {
			return m.Undecided(c.Spot, "matches nothing: xargs is given no file")
		}
		return inner.DispatchArgs(c, args)
	}
	if o.replace == "" && !o.each {
		return inner.DispatchArgs(c, append(append([]shell.Word{}, args...), globbedWords(items)...))
	}
	for _, item := range items {
		one := append([]shell.Word{}, args...)
		if o.replace == "" {
			one = append(one, shell.Word{Text: item, Globbed: true})
		}
		for i := range one {
			if o.replace != "" && strings.Contains(one[i].Text, o.replace) {
				one[i].Text, one[i].Globbed = strings.ReplaceAll(one[i].Text, o.replace, item), true
			}
		}
		inner.DispatchArgs(c, one)
	}
	return shell.Succeeded
}

// xargsArgs splits xargs' options from the command.
func xargsArgs(args []shell.Word) (o xargsOptions, rest []shell.Word) {
	take := func(inline string) string {
		if inline == "" && len(args) > 0 {
			inline, args = args[0].Text, args[1:]
		}
		return inline
	}
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		a := args[0].Text
		args = args[1:]
		switch {
		case a == "-0" || a == "--null":
			o.zero = true
		case a == "-r" || a == "--no-run-if-empty":
			o.skipEmpty = true
		case a == "-0r" || a == "-r0":
			o.zero, o.skipEmpty = true, true
		case a == "-t":
		case strings.HasPrefix(a, "-I"):
			o.replace = take(a[2:])
		case a == "-i":
			o.replace = "{}"
		case strings.HasPrefix(a, "-P"):
			take(a[2:])
		case strings.HasPrefix(a, "-n"), strings.HasPrefix(a, "-L"):
			if take(a[2:]) != "1" {
				o.refused = a
			}
			o.each = true
		case strings.HasPrefix(a, "-d"):
			if o.lines = take(a[2:]) == `\n`; !o.lines {
				o.refused = a
			}
		default:
			o.refused = a
		}
	}
	return o, args
}

// items splits xargs' input. Quoted means that the input has quotes or backslashes, which xargs would interpret; then
// no items are returned.
func (o xargsOptions) items(in string) (items []string, quoted bool) {
	switch {
	case in == "":
		return nil, false
	case o.zero:
		return strings.Split(strings.TrimSuffix(in, "\x00"), "\x00"), false
	case o.lines:
		return strings.Split(strings.TrimSuffix(in, "\n"), "\n"), false
	case strings.ContainsAny(in, `"'\`):
		return nil, true
	case o.replace == "":
		return strings.Fields(in), false
	}
	for line := range strings.Lines(in) {
		if line = strings.TrimLeft(strings.TrimSuffix(line, "\n"), " \t"); line != "" {
			items = append(items, line)
		}
	}
	return items, false
}

func globbedWords(items []string) (out []shell.Word) {
	for _, s := range items {
		out = append(out, shell.Word{Text: s, Globbed: true})
	}
	return out
}
