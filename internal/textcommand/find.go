package textcommand

import (
	"path"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// finder is a parsed find expression.
type finder struct {
	expr    predicate
	actions []*action
	min     int
	max     int
	why     string // why the command cannot be followed; "" if it can
	sizes   bool   // it asks for files that are empty
}

// found is a file or folder that the expression is evaluated on.
type found struct {
	place  scriptfiles.Place
	shown  string
	folder bool
	link   bool
	empty  bool
	prune  bool // do not visit what is below
}

type predicate func(*found) bool

// action is something that find does with what it found.
type action struct {
	kind  string // print, print0, exec, delete
	args  []shell.Word
	all   bool // one command with all files: -exec … +
	found []shell.Word
}

// find evaluates its expression on files, and runs its actions.
func find(m *shell.Machine, c *shell.Call) shell.Status {
	var roots []shell.Word
	rest := c.Args
	for len(rest) > 0 && (rest[0].Text == "-L" || rest[0].Text == "-H" || rest[0].Text == "-P") {
		rest = rest[1:]
	}
	for len(rest) > 0 && !strings.HasPrefix(rest[0].Text, "-") && rest[0].Text != "!" && rest[0].Text != "(" {
		roots, rest = append(roots, rest[0]), rest[1:]
	}
	if len(roots) == 0 {
		roots = []shell.Word{{Text: "."}}
	}
	f := newFinder(rest)
	for _, r := range roots {
		if r.Why != "" && !placeholder.Begins(r.Text) {
			f.why = "it uses a value that is known only at run time: " + r.Doubt()
		}
	}
	if f.why != "" {
		m.PrintsUnknown("find")
		return m.Undecided(c.Spot, "not expressible: %s", f.why)
	}
	for _, r := range roots {
		p, known := m.Place(r.Text, false)
		if link, isKnown := m.Entry(r.Text); isKnown && link.Disk == scriptfiles.InTree && p.Disk == scriptfiles.InTree {
			p = link
		}
		if !m.World.IsFile(p) {
			p, _ = m.World.SourceFolder(p)
		}
		if !known || p.Disk == scriptfiles.Outside && !m.World.Exists(p) && len(m.MayLie(p)) == 0 {
			m.PrintsUnknown("find")
			return m.Undecided(c.Spot, "not expressible: what is in %s is known only at run time", r.Text)
		}
		shown := r.Text
		if shown != "/" {
			shown = strings.TrimRight(shown, "/")
		}
		walk(m, f, p, shown, 0)
	}
	m.Harmless(c.Spot)
	s, before := shell.Succeeded, m.PrintedSoFar()
	for _, a := range f.actions {
		s = act(m, c, a)
	}
	m.Listed(before)
	return s
}

// walk visits p and everything below it, up to the maximal depth. Shown is the path as find prints it.
func walk(m *shell.Machine, f *finder, p scriptfiles.Place, shown string, depth int) {
	near := m.MayLie(p)
	one := &found{place: p, shown: shown, folder: m.World.IsFolder(p) || len(near) > 0}
	switch {
	case one.folder:
		one.empty = len(m.World.List(p)) == 0
	case !m.World.IsFile(p):
		return
	default: // a file is read only where its size counts: it may have to be fetched
		one.link = m.World.IsLink(p)
		if f.sizes {
			at := m.World.Read(p)
			one.empty = at != nil && len(at.Data) == 0 && at.Why == ""
		}
	}
	if depth >= f.min {
		f.expr(one)
	}
	if !one.folder || one.prune || depth >= f.max {
		return
	}
	for _, name := range m.World.List(p) {
		name = strings.TrimSuffix(name, "/")
		walk(m, f, scriptfiles.At(p.Disk, path.Join(p.Name, name)), shown+"/"+name, depth+1)
	}
	for _, e := range near {
		walk(m, f, scriptfiles.At(scriptfiles.Beside, e.Name()), shown+"/"+e.Name(), depth+1)
	}
	// the script itself is a file of this folder, which the import does not have
	if abs, known := m.Abs(shown); known && abs == placeholder.Folder && p == (scriptfiles.At(scriptfiles.InTree, "")) {
		for _, name := range m.World.List(scriptfiles.At(scriptfiles.Beside, "")) {
			name = strings.TrimSuffix(name, "/")
			if !m.World.Exists(scriptfiles.At(scriptfiles.InTree, name)) {
				walk(m, f, scriptfiles.At(scriptfiles.Beside, name), shown+"/"+name, depth+1)
			}
		}
	}
}

// findReader parses a find expression.
type findReader struct {
	*finder
	args []shell.Word
	at   int
}

func newFinder(args []shell.Word) *finder {
	r := &findReader{finder: &finder{max: 1 << 20}, args: args}
	r.expr = func(*found) bool { return true }
	if len(args) > 0 {
		r.expr = r.or()
		if r.at < len(args) && r.why == "" {
			r.why = "the import does not follow find " + args[r.at].Text
		}
	}
	if len(r.actions) == 0 {
		inner, a := r.expr, r.action("print", nil, false)
		r.expr = func(x *found) bool { return inner(x) && a(x) }
	}
	return r.finder
}

func (r *findReader) next(names ...string) bool {
	for _, n := range names {
		if r.at < len(r.args) && r.args[r.at].Text == n {
			r.at++
			return true
		}
	}
	return false
}

func (r *findReader) or() predicate {
	p := r.and()
	for r.next("-o", "-or") {
		left, right := p, r.and()
		p = func(x *found) bool { return left(x) || right(x) }
	}
	return p
}

func (r *findReader) and() predicate {
	p := r.one()
	for r.at < len(r.args) && r.why == "" {
		switch r.args[r.at].Text {
		case "-o", "-or", ")":
			return p
		}
		r.next("-a", "-and")
		left, right := p, r.one()
		p = func(x *found) bool { return left(x) && right(x) }
	}
	return p
}

// value returns the argument of a test.
func (r *findReader) value() string {
	if r.at >= len(r.args) {
		r.why = "find without a value"
		return ""
	}
	w := r.args[r.at]
	r.at++
	if !w.Known() {
		r.why = "it uses a value that is known only at run time: " + w.Doubt()
	}
	return w.Text
}

func (r *findReader) one() predicate {
	yes := func(*found) bool { return true }
	switch {
	case r.at >= len(r.args):
		r.why = "find has an unfinished expression"
		return yes
	case r.next("!", "-not"):
		p := r.one()
		return func(x *found) bool { return !p(x) }
	case r.next("("):
		p := r.or()
		if !r.next(")") {
			r.why = "find has a parenthesis that is not closed"
		}
		return p
	}
	op := r.args[r.at].Text
	r.at++
	switch op {
	case "-name":
		v := r.value()
		return func(x *found) bool { return bash.NameMatches(v, path.Base(x.shown)) }
	case "-iname":
		v := strings.ToLower(r.value())
		return func(x *found) bool { return bash.NameMatches(v, strings.ToLower(path.Base(x.shown))) }
	case "-path", "-wholename":
		v := r.value()
		return func(x *found) bool { return bash.NameMatches(v, x.shown) }
	case "-type":
		v := r.value()
		if v != "f" && v != "d" && v != "l" {
			r.why = "the import does not follow find -type " + v
		}
		return func(x *found) bool { return x.folder == (v == "d") && x.link == (v == "l") }
	case "-empty":
		r.sizes = true
		return func(x *found) bool { return x.empty }
	case "-maxdepth", "-mindepth":
		n, err := strconv.Atoi(r.value())
		if err != nil {
			r.why = "find " + op + " without a number"
		}
		if op == "-maxdepth" {
			r.max = n
		} else {
			r.min = n
		}
		return yes
	case "-prune":
		return func(x *found) bool { x.prune = true; return true }
	case "-true":
		return yes
	case "-print", "-print0", "-delete":
		return r.action(op[1:], nil, false)
	case "-exec":
		end := r.at
		for end < len(r.args) && r.args[end].Text != ";" && r.args[end].Text != "+" {
			end++
		}
		if end == len(r.args) || end == r.at {
			r.why = "find -exec has no closing ; or +"
			return yes
		}
		p := r.action("exec", r.args[r.at:end], r.args[end].Text == "+")
		r.at = end + 1
		return p
	}
	r.why = "the import does not follow find " + op
	return yes
}
