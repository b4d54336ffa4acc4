package script

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/pattern"

	"regexp"
)

// nameMatches compares a file's name with a pattern, as find -name does.
func nameMatches(pat, name string) bool {
	expr, err := pattern.Regexp(pat, pattern.EntireString)
	if err != nil {
		return false
	}
	re, err := regexp.Compile(expr)
	return err == nil && re.MatchString(name)
}

// finder is what a find looks for.
type finder struct {
	tests   []func(p place, shown string, folder bool, depth int) bool
	actions []action
	min     int
	max     int
}

// action is what find does with what it found.
type action struct {
	kind string // print, print0, exec, delete
	args []word
	all  bool // -exec … +
}

// find lists files by their names and hands them to commands.
func (m *machine) find(c *call) status {
	var roots []word
	rest := c.args
	for len(rest) > 0 && !strings.HasPrefix(rest[0].s, "-") && rest[0].s != "!" && rest[0].s != "(" {
		roots, rest = append(roots, rest[0]), rest[1:]
	}
	if len(roots) == 0 {
		roots = []word{{s: "."}}
	}
	f, why := m.finder(rest)
	for _, r := range roots {
		if r.why != "" && !startsMarked(r.s) {
			why = r.doubt()
		}
	}
	if why != "" {
		m.printsUnknown("find")
		return m.undecided(c.spot, "not expressible: %s", why)
	}
	var found []word
	for _, r := range roots {
		p, known := m.place(r.s, false)
		if !known || p.disk == outside && !m.world.exists(p) {
			m.printsUnknown("find")
			return m.undecided(c.spot, "not expressible: only the shell knows what is in %s", r.s)
		}
		m.walk(f, p, strings.TrimRight(r.s, "/"), 0, &found)
	}
	m.harmless(c.spot)
	s := succeeded
	for _, a := range f.actions {
		s = m.act(c, a, found)
	}
	return s
}

// walk gathers what the tests let through below a place.
func (m *machine) walk(f *finder, p place, shown string, depth int, found *[]word) {
	folder := m.world.isFolder(p)
	if !folder && m.world.read(p) == nil {
		return
	}
	good := depth >= f.min
	for _, test := range f.tests {
		good = good && test(p, shown, folder, depth)
	}
	if good {
		*found = append(*found, word{s: shown, globbed: true})
	}
	if !folder || depth >= f.max {
		return
	}
	for _, name := range m.world.list(p) {
		name = strings.TrimSuffix(name, "/")
		m.walk(f, place{p.disk, path.Join(p.name, name)}, shown+"/"+name, depth+1, found)
	}
}

// finder reads find's expression: tests that all have to hold, then what is done.
func (m *machine) finder(args []word) (*finder, string) {
	f := &finder{max: 1 << 20}
	negate := false
	for i := 0; i < len(args); i++ {
		op := args[i].s
		value := word{}
		if i+1 < len(args) {
			value = args[i+1]
		}
		test := func(fn func(p place, shown string, folder bool) bool) {
			no := negate
			negate = false
			f.tests = append(f.tests, func(p place, shown string, folder bool, _ int) bool { return fn(p, shown, folder) != no })
			i++
		}
		switch op {
		case "!", "-not":
			negate = true
			continue
		case "-a", "-and":
			continue
		case "-name", "-iname":
			if !value.known() {
				return nil, "it uses a value that only the shell knows: " + value.doubt()
			}
			fold := op == "-iname"
			test(func(p place, shown string, _ bool) bool {
				if fold {
					return nameMatches(strings.ToLower(value.s), strings.ToLower(path.Base(shown)))
				}
				return nameMatches(value.s, path.Base(shown))
			})
		case "-path", "-wholename":
			test(func(_ place, shown string, _ bool) bool { return nameMatches(value.s, shown) })
		case "-type":
			test(func(_ place, _ string, folder bool) bool { return folder == (value.s == "d") })
			if value.s != "f" && value.s != "d" {
				return nil, "find -type " + value.s
			}
		case "-maxdepth", "-mindepth":
			n := 0
			for _, d := range value.s {
				n = n*10 + int(d-'0')
			}
			if i++; op == "-maxdepth" {
				f.max = n
			} else {
				f.min = n
			}
		case "-print", "-print0", "-delete":
			f.actions = append(f.actions, action{kind: op[1:]})
		case "-exec", "-execdir", "-ok":
			end := i + 1
			for end < len(args) && args[end].s != ";" && args[end].s != "+" {
				end++
			}
			if end == len(args) || op != "-exec" || end == i+1 {
				return nil, "find " + op
			}
			f.actions = append(f.actions, action{kind: "exec", args: args[i+1 : end], all: args[end].s == "+"})
			i = end
		default:
			return nil, "the import does not follow find " + op
		}
	}
	if len(f.actions) == 0 {
		f.actions = []action{{kind: "print"}}
	}
	return f, ""
}

// act does with what was found what find is told to.
func (m *machine) act(c *call, a action, found []word) status {
	switch a.kind {
	case "print", "print0":
		end := "\n"
		if a.kind == "print0" {
			end = "\x00"
		}
		for _, w := range found {
			m.log.globbed[w.s] = true
			m.print([]byte(w.s + end))
		}
		return succeeded
	case "delete":
		return m.dispatchArgs(c, append([]word{{s: "rm"}, {s: "-f"}}, found...))
	}
	if a.all {
		var args []word
		for _, w := range a.args {
			if w.s == "{}" {
				args = append(args, found...)
			} else {
				args = append(args, w)
			}
		}
		if len(found) == 0 {
			return succeeded
		}
		return m.dispatchArgs(c, args)
	}
	for _, one := range found {
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

// dispatchArgs runs a command that another one builds.
func (m *machine) dispatchArgs(c *call, args []word) status {
	*m.steps++
	m.dispatch(&call{spot: c.spot, name: args[0].s, args: args[1:]}, args[0])
	return m.status
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
	args, replace, zero, each, skipEmpty := c.args, "", false, 0, false
	for len(args) > 0 && strings.HasPrefix(args[0].s, "-") {
		a := args[0].s
		args = args[1:]
		switch {
		case a == "-0" || a == "--null":
			zero = true
		case a == "-r" || a == "--no-run-if-empty":
			skipEmpty = true
		case a == "-t":
		case strings.HasPrefix(a, "-I"), strings.HasPrefix(a, "-i"):
			if replace = a[2:]; replace == "" && a[1] == 'I' && len(args) > 0 {
				replace, args = args[0].s, args[1:]
			} else if replace == "" {
				replace = "{}"
			}
		case strings.HasPrefix(a, "-n"), strings.HasPrefix(a, "-L"), strings.HasPrefix(a, "-P"):
			value := a[2:]
			if value == "" && len(args) > 0 {
				value, args = args[0].s, args[1:]
			}
			if a[1] != 'P' && value == "1" {
				each = 1
			}
		case a == "-d" && len(args) > 0 && args[0].s == `\n`:
			args = args[1:]
		default:
			return m.undecided(c.spot, "not expressible: the import does not follow xargs %s", a)
		}
	}
	items := strings.Fields(string(m.in.data))
	switch {
	case zero:
		items = strings.Split(strings.TrimSuffix(string(m.in.data), "\x00"), "\x00")
	case replace != "":
		items = strings.Split(strings.TrimSuffix(string(m.in.data), "\n"), "\n")
	case strings.ContainsAny(string(m.in.data), `"'\`):
		return m.undecided(c.spot, "not expressible: xargs reads quotes in the names that it is given")
	}
	if len(m.in.data) == 0 {
		items = nil
	}
	if len(args) == 0 {
		args = []word{{s: "echo"}}
	}
	inner := m.clone()
	inner.in = &stream{}
	if len(items) == 0 && (skipEmpty || replace != "" || args[0].s == "sed") {
		return m.undecided(c.spot, "matches nothing: xargs is given no file")
	}
	if replace == "" && each == 0 {
		return inner.dispatchArgs(c, append(append([]word{}, args...), globbedWords(items)...))
	}
	for _, item := range items {
		one := append([]word{}, args...)
		if replace == "" {
			one = append(one, word{s: item, globbed: true})
		}
		for i := range one {
			if replace != "" && strings.Contains(one[i].s, replace) {
				one[i].s, one[i].globbed = strings.ReplaceAll(one[i].s, replace, item), true
			}
		}
		inner.dispatchArgs(c, one)
	}
	return succeeded
}

func globbedWords(items []string) (out []word) {
	for _, s := range items {
		out = append(out, word{s: s, globbed: true})
	}
	return out
}
