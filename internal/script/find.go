package script

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/pattern"

	"github.com/howdah/howdah/internal/tree"
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
	expr    predicate
	actions []*action
	min     int
	max     int
	why     string // not "": it holds what is not followed
}

// found is a file or folder that find comes to.
type found struct {
	place  place
	shown  string
	folder bool
	link   bool
	empty  bool
	prune  bool // what is below is left out
}

type predicate func(*found) bool

// action is what find does with what it found.
type action struct {
	kind  string // print, print0, exec, delete
	args  []word
	all   bool // -exec … +
	found []word
}

// find lists files by their names and hands them to commands.
func (m *machine) find(c *call) status {
	var roots []word
	rest := c.args
	for len(rest) > 0 && (rest[0].s == "-L" || rest[0].s == "-H" || rest[0].s == "-P") {
		rest = rest[1:]
	}
	for len(rest) > 0 && !strings.HasPrefix(rest[0].s, "-") && rest[0].s != "!" && rest[0].s != "(" {
		roots, rest = append(roots, rest[0]), rest[1:]
	}
	if len(roots) == 0 {
		roots = []word{{s: "."}}
	}
	f := newFinder(rest)
	for _, r := range roots {
		if r.why != "" && !startsMarked(r.s) {
			f.why = "it uses a value that is known only at run time: " + r.doubt()
		}
	}
	if f.why != "" {
		m.printsUnknown("find")
		return m.undecided(c.spot, "not expressible: %s", f.why)
	}
	for _, r := range roots {
		p, known := m.place(r.s, false)
		if link, isKnown := m.entry(r.s); isKnown && link.disk == inTree && p.disk == inTree {
			p = link
		}
		if !known || p.disk == outside && !m.world.exists(p) {
			m.printsUnknown("find")
			return m.undecided(c.spot, "not expressible: what is in %s is known only at run time", r.s)
		}
		shown := r.s
		if shown != "/" {
			shown = strings.TrimRight(shown, "/")
		}
		m.walk(f, p, shown, 0)
	}
	m.harmless(c.spot)
	s, before := succeeded, m.printedSoFar()
	for _, a := range f.actions {
		s = m.act(c, a)
	}
	m.listed(before)
	return s
}

// walk comes to a place and to all below it.
func (m *machine) walk(f *finder, p place, shown string, depth int) {
	one := &found{place: p, shown: shown, folder: m.world.isFolder(p)}
	at := m.world.read(p)
	switch {
	case one.folder:
		one.empty = len(m.world.list(p)) == 0
	case at == nil:
		return
	default:
		one.empty, one.link = len(at.data) == 0 && at.why == "", at.mode == tree.Symlink
	}
	if depth >= f.min {
		f.expr(one)
	}
	if !one.folder || one.prune || depth >= f.max {
		return
	}
	for _, name := range m.world.list(p) {
		name = strings.TrimSuffix(name, "/")
		m.walk(f, place{p.disk, path.Join(p.name, name)}, shown+"/"+name, depth+1)
	}
	if abs, known := m.abs(shown); known && abs == start && p == (place{inTree, ""}) { // the script lies in the tree
		for _, name := range m.world.list(place{beside, ""}) {
			name = strings.TrimSuffix(name, "/")
			if !m.world.exists(place{inTree, name}) {
				m.walk(f, place{beside, name}, shown+"/"+name, depth+1)
			}
		}
	}
}

// findReader reads find's expression.
type findReader struct {
	*finder
	args []word
	at   int
}

func newFinder(args []word) *finder {
	r := &findReader{finder: &finder{max: 1 << 20}, args: args}
	r.expr = func(*found) bool { return true }
	if len(args) > 0 {
		r.expr = r.or()
		if r.at < len(args) && r.why == "" {
			r.why = "the import does not follow find " + args[r.at].s
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
		if r.at < len(r.args) && r.args[r.at].s == n {
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
		switch r.args[r.at].s {
		case "-o", "-or", ")":
			return p
		}
		r.next("-a", "-and")
		left, right := p, r.one()
		p = func(x *found) bool { return left(x) && right(x) }
	}
	return p
}

// value is the argument of a test.
func (r *findReader) value() string {
	if r.at >= len(r.args) {
		r.why = "find without a value"
		return ""
	}
	w := r.args[r.at]
	r.at++
	if !w.known() {
		r.why = "it uses a value that is known only at run time: " + w.doubt()
	}
	return w.s
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
	op := r.args[r.at].s
	r.at++
	switch op {
	case "-name":
		v := r.value()
		return func(x *found) bool { return nameMatches(v, path.Base(x.shown)) }
	case "-iname":
		v := strings.ToLower(r.value())
		return func(x *found) bool { return nameMatches(v, strings.ToLower(path.Base(x.shown))) }
	case "-path", "-wholename":
		v := r.value()
		return func(x *found) bool { return nameMatches(v, x.shown) }
	case "-type":
		v := r.value()
		if v != "f" && v != "d" && v != "l" {
			r.why = "the import does not follow find -type " + v
		}
		return func(x *found) bool { return x.folder == (v == "d") && x.link == (v == "l") }
	case "-empty":
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
		for end < len(r.args) && r.args[end].s != ";" && r.args[end].s != "+" {
			end++
		}
		if end == len(r.args) || end == r.at {
			r.why = "find -exec has no closing ; or +"
			return yes
		}
		p := r.action("exec", r.args[r.at:end], r.args[end].s == "+")
		r.at = end + 1
		return p
	}
	r.why = "the import does not follow find " + op
	return yes
}
