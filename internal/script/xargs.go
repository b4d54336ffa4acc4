package script

import (
	"strings"
)

// xargsOptions is how xargs builds its commands.
type xargsOptions struct {
	replace   string // of -I
	zero      bool
	each      bool // one item a command
	skipEmpty bool
	lines     bool // an item a line, quotes mean nothing
	refused   string
}

// xargs runs a command with the words of its input.
func (m *machine) xargs(c *call) status {
	if m.in == nil || m.in.why != "" {
		why := "what is typed in"
		if m.in != nil {
			why = m.in.why
		}
		return m.unclear(c.spot, why)
	}
	o, args := xargsArgs(c.args)
	items, quoted := o.items(string(m.in.data))
	switch {
	case o.refused != "":
		return m.undecided(c.spot, "not expressible: the import does not follow xargs %s", o.refused)
	case quoted:
		return m.undecided(c.spot, "not expressible: xargs reads quotes in the names that it is given")
	}
	if len(args) == 0 {
		args = []word{{s: "echo"}}
	}
	inner := m.clone()
	inner.in = &stream{}
	if len(items) == 0 {
		if o.skipEmpty || o.replace != "" || args[0].s == "sed" {
			return m.undecided(c.spot, "matches nothing: xargs is given no file")
		}
		return inner.dispatchArgs(c, args)
	}
	if o.replace == "" && !o.each {
		return inner.dispatchArgs(c, append(append([]word{}, args...), globbedWords(items)...))
	}
	for _, item := range items {
		one := append([]word{}, args...)
		if o.replace == "" {
			one = append(one, word{s: item, globbed: true})
		}
		for i := range one {
			if o.replace != "" && strings.Contains(one[i].s, o.replace) {
				one[i].s, one[i].globbed = strings.ReplaceAll(one[i].s, o.replace, item), true
			}
		}
		inner.dispatchArgs(c, one)
	}
	return succeeded
}

// xargsArgs takes the options away from the command.
func xargsArgs(args []word) (o xargsOptions, rest []word) {
	take := func(inline string) string {
		if inline == "" && len(args) > 0 {
			inline, args = args[0].s, args[1:]
		}
		return inline
	}
	for len(args) > 0 && strings.HasPrefix(args[0].s, "-") {
		a := args[0].s
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

// items are the words of xargs' input; quoted says that quotes in it mean something.
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

func globbedWords(items []string) (out []word) {
	for _, s := range items {
		out = append(out, word{s: s, globbed: true})
	}
	return out
}
