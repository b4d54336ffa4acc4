package script

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/coreutils"
)

// filter is head, cut, sort and their like: what they print is worked out.
func (m *machine) filter(c *call) status {
	m.harmless(c.spot)
	if w := c.first(); w != nil && !startsMarked(w.s) {
		return m.printsBecause(w.doubt())
	}
	f, ok := coreutils.Parse(c.name, c.texts())
	if !ok {
		m.printsUnknown(c.name)
		return succeeded
	}
	var texts [][]byte
	code := succeeded
	files := f.Files
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		one := m.readArgs(c, []word{{s: name}}, &code)
		if one.why != "" {
			return m.printsBecause(one.why)
		}
		texts = append(texts, one.data)
	}
	free := m.in != nil && m.in.free
	out, certain := f.Run(texts)
	if !certain || free && c.name != "sort" && c.name != "wc" {
		m.printsUnknown(c.name)
		return succeeded
	}
	if free { // sorted, it is the same on each machine
		m.in.free = false
		defer func() { m.in.free = true }()
	}
	m.print(out)
	return code
}

// printsBecause says that what the command prints is not known, and why.
func (m *machine) printsBecause(why string) status {
	if m.out != nil {
		m.out.why = why
	}
	return succeeded
}

// ls prints names, one a line, as it does into a pipe.
func (m *machine) ls(c *call) status {
	m.harmless(c.spot)
	var names []string
	options, rest := operands(c.args, "")
	for o := range options {
		if o != "1" && o != "A" && o != "d" {
			m.printsUnknown("ls")
			return status{why: "what ls finds"}
		}
	}
	if len(rest) == 0 {
		rest = []word{{s: "."}}
	}
	result := succeeded
	for _, w := range rest {
		p, known := m.place(w.s, false)
		switch {
		case !known || w.why != "" && !startsMarked(w.s) || p.disk == outside:
			m.printsUnknown("ls")
			return status{why: "what ls finds"}
		case m.world.read(p) != nil, m.world.isFolder(p) && has(options, "d"):
			names = append(names, w.s)
		case m.world.isFolder(p) && len(rest) == 1:
			entries, err := m.readDir(w.s)
			if err != nil {
				m.printsUnknown("ls")
				return status{why: "what ls finds"}
			}
			for _, e := range entries {
				if has(options, "A") || !strings.HasPrefix(e.Name(), ".") {
					names = append(names, e.Name())
				}
			}
		case m.world.isFolder(p):
			m.printsUnknown("ls")
			return succeeded
		default:
			result = status{code: 2}
		}
	}
	if len(names) == 0 {
		return result
	}
	sort, _ := coreutils.Parse("sort", nil)
	out, certain := sort.Run([][]byte{[]byte(strings.Join(names, "\n") + "\n")})
	if !certain {
		return m.printsBecause("the order of what ls prints, which differs between locales")
	}
	m.print(out)
	return result
}

// envsubst puts exported variables into its input. One that is not exported here may be one of the environment.
func (m *machine) envsubst(c *call) status {
	m.harmless(c.spot)
	in := m.in
	if in == nil {
		in = &stream{why: "what is typed in"}
	}
	only := map[string]bool{}
	for _, a := range c.args {
		if !a.known() || strings.HasPrefix(a.s, "-") {
			m.printsUnknown("envsubst")
			return succeeded
		}
		for i := 0; i < len(a.s); i++ {
			if name, n := reference(a.s[i:]); n > 0 {
				only[name] = true
			}
		}
	}
	why := in.why
	text := string(in.data)
	var b strings.Builder
	for i := 0; i < len(text); {
		name, n := reference(text[i:])
		if n == 0 || len(only) > 0 && !only[name] {
			b.WriteByte(text[i])
			i++
			continue
		}
		i += n
		v, had := m.vars[name]
		if !had || !v.Exported {
			why = name
			if doubt := m.doubts[name]; doubt != "" {
				why = doubt
			}
		}
		b.WriteString(v.String())
	}
	if why != "" {
		return m.printsBecause(why)
	}
	m.print([]byte(b.String()))
	return succeeded
}

// reference is the variable that a text begins with, as $NAME or ${NAME}, and its length.
func reference(s string) (name string, n int) {
	if len(s) < 2 || s[0] != '$' {
		return "", 0
	}
	if s[1] == '{' {
		name, _, closes := strings.Cut(s[2:], "}")
		if closes && syntax.ValidName(name) {
			return name, len(name) + 3
		}
		return "", 0
	}
	for n = 1; n < len(s) && syntax.ValidName(s[1:n+1]); n++ {
	}
	return s[1:n], n * min(1, n-1)
}

// compareFiles is cmp, and diff where only its result counts.
func (m *machine) compareFiles(c *call) status {
	m.harmless(c.spot)
	options, rest := operands(c.args, "")
	plain := true
	for o := range options {
		plain = plain && (o == "s" || o == "q" || o == "quiet" || o == "silent" || o == "brief" || o == "u")
	}
	if len(rest) != 2 || !plain {
		m.printsUnknown(c.name)
		return status{why: "what " + c.name + " finds"}
	}
	var texts [2][]byte
	for i, w := range rest {
		in := m.input(w)
		if w.s == "-" && m.in != nil {
			in = m.in
		}
		if in.why != "" {
			m.printsUnknown(c.name)
			return status{why: "what " + c.name + " finds"}
		}
		texts[i] = in.data
	}
	same := bytes.Equal(texts[0], texts[1])
	if !same && !has(options, "s", "quiet", "silent") {
		m.printsUnknown(c.name)
	}
	return ok(same)
}

// mktemp makes a file, or a folder, in a folder for such: its name is unknown, and another one each time.
func (m *machine) mktemp(c *call) status {
	m.harmless(c.spot)
	options, rest := operands(c.args, "p")
	template := "tmp"
	if len(rest) > 0 {
		template = rest[0].s
	}
	if has(options, "p", "tmpdir", "u") || strings.Contains(template, "/") && !strings.HasPrefix(template, "/tmp/") ||
		len(rest) > 0 && !has(options, "t") && !strings.HasPrefix(template, "/tmp/") || len(rest) > 1 {
		m.printsUnknown("mktemp")
		return succeeded
	}
	*m.temporary++
	name := temporary + closed
	if *m.temporary > 1 {
		name = fmt.Sprintf("%s%s(%d)%s", temporary, blank, *m.temporary, closed)
	}
	f := &file{data: []byte{}, mode: 0o100644}
	if has(options, "d", "directory") {
		f = &file{folder: true}
	}
	m.world.write(place{outside, name}, f)
	m.print([]byte(name + "\n"))
	return succeeded
}

// expr is a number of two numbers.
func (m *machine) expr(c *call) status {
	m.harmless(c.spot)
	if len(c.args) == 3 && c.first() == nil {
		x, err := strconv.Atoi(c.args[0].s)
		y, other := strconv.Atoi(c.args[2].s)
		op := c.args[1].s
		if err == nil && other == nil && strings.Contains("+-*/%", op) && len(op) == 1 && (y != 0 || op < "/" && op != "%") {
			n := map[string]func() int{"+": func() int { return x + y }, "-": func() int { return x - y },
				"*": func() int { return x * y }, "/": func() int { return x / y }, "%": func() int { return x % y }}[op]()
			m.print(fmt.Appendln(nil, n))
			return ok(n != 0)
		}
	}
	m.printsUnknown("expr")
	return status{why: "what expr finds"}
}

func (m *machine) which(c *call) status { return m.installed(c, c.args) }

// installed is command -v, which and type: of a Linux on which Mastodon is built.
func (m *machine) installed(c *call, args []word) status {
	m.harmless(c.spot)
	for _, a := range args {
		switch {
		case strings.HasPrefix(a.s, "-"):
			continue
		case a.known() && everywhereInstalled[a.s]:
			m.print([]byte("/usr/bin/" + a.s + "\n"))
			return succeeded
		case a.s == "gsed" || a.s == "gnused" || a.s == "ggrep" || a.s == "brew":
			return failed
		}
	}
	m.printsUnknown(c.name)
	return status{why: "what is installed"}
}

// everywhereInstalled are programs of each Linux.
var everywhereInstalled = set("sed grep awk find xargs cp mv rm mkdir cat bash sh")
