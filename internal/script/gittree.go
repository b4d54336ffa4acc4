package script

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/pattern"

	"github.com/howdah/howdah/internal/tree"
)

// pathspec says which paths of the tree a git command is about.
type pathspec struct {
	prefix  string // the folder of the tree that the command runs in
	take    []func(string) bool
	exclude []func(string) bool
}

// pathspecs reads the paths that are given to git in the folder where the script is; false: they are not certain.
func (m *machine) pathspecs(args []word) (pathspec, bool) {
	at, known := m.place(".", true)
	spec := pathspec{prefix: at.name}
	if !known || at.disk != inTree || m.world.staged {
		return spec, false
	}
	for _, a := range args {
		if a.s == "--" {
			continue
		}
		s, excluded := a.s, false
		for _, magic := range []string{":!", ":^", ":(exclude)"} {
			if rest, found := strings.CutPrefix(s, magic); found {
				s, excluded = rest, true
			}
		}
		if a.why != "" && !startsMarked(a.s) || strings.HasPrefix(s, ":") {
			return spec, false
		}
		if p, isKnown := m.entry(s); !strings.ContainsAny(s, "*?[") && isKnown && p.disk == inTree {
			s = p.name
		} else if isMarked(s) {
			return spec, false
		} else {
			s = path.Join(at.name, s)
		}
		matches := matchPath(s)
		if excluded {
			spec.exclude = append(spec.exclude, matches)
		} else {
			spec.take = append(spec.take, matches)
		}
	}
	return spec, true
}

// matchPath is a path, a folder, or a pattern whose stars match slashes too.
func matchPath(s string) func(string) bool {
	expr, err := pattern.Regexp(s, pattern.EntireString)
	re, wrong := regexp.Compile(expr)
	return func(name string) bool {
		_, inside := below(s, name)
		return s == "" || inside || err == nil && wrong == nil && re.MatchString(name)
	}
}

func (s pathspec) matches(name string) bool {
	yes := len(s.take) == 0
	for _, take := range s.take {
		yes = yes || take(name)
	}
	for _, no := range s.exclude {
		yes = yes && !no(name)
	}
	_, inside := below(s.prefix, name)
	return yes && (inside || s.prefix == "" || len(s.take) > 0)
}

// tracked lists the files of the pinned tree that git commands are about, by their names there.
func (m *machine) tracked(spec pathspec) (out []string) {
	var walk func(string)
	walk = func(folder string) {
		entries, err := m.world.pinned.ReadDir(m.ctx, folder)
		m.world.fail(err)
		for _, e := range entries {
			name := path.Join(folder, e.Name)
			switch {
			case e.Mode == tree.Folder:
				walk(name)
			case spec.matches(name):
				out = append(out, name)
			}
		}
	}
	walk("")
	slices.Sort(out)
	return out
}

// shownIn is a path of the tree as git shows it in a folder of it; false where it lies outside.
func shownIn(prefix, name string) (string, bool) {
	if prefix == "" {
		return name, true
	}
	rest, inside := below(prefix, name)
	return rest, inside && rest != ""
}

// gitList is git ls-files.
func (m *machine) gitList(c *call) status {
	m.harmless(c.spot)
	options, rest := operands(c.args, "")
	end, plain := "\n", true
	for o := range options {
		switch o {
		case "z":
			end = "\x00"
		case "c", "cached", "exclude-standard":
		default:
			plain = false
		}
	}
	spec, known := m.pathspecs(rest)
	if !plain || !known {
		m.printsUnknown(c.name)
		return status{why: "what git ls-files finds"}
	}
	for _, name := range m.tracked(spec) {
		shown, inside := shownIn(spec.prefix, name)
		if !inside {
			m.printsUnknown(c.name)
			return succeeded
		}
		m.log.globbed[shown] = true
		m.print([]byte(shown + end))
	}
	return succeeded
}

// gitGrep is git grep over the files of the work tree.
func (m *machine) gitGrep(c *call) status {
	m.harmless(c.spot)
	g := m.grepArgs(&call{spot: c.spot, name: "git grep", args: c.args})
	spec, known := m.pathspecs(g.files)
	if g.unknown != "" || !known {
		m.printsUnknown(c.name)
		return status{why: "what git grep finds"}
	}
	var sources []named
	for _, name := range m.tracked(spec) {
		f := m.world.read(place{inTree, name})
		shown, inside := shownIn(spec.prefix, name)
		switch {
		case f == nil || f.mode == tree.Symlink:
			continue
		case f.why != "" || !inside:
			m.printsUnknown(c.name)
			return status{why: "what git grep finds"}
		}
		sources = append(sources, named{shown, f.data})
	}
	g.names, g.some = true, true
	return m.search(g, sources)
}

// gitRestore is git checkout and restore of paths, and reset --hard: files are upstream's again.
func (m *machine) gitRestore(c *call, verb string) status {
	m.printsUnknown(c.name)
	options, rest := operands(c.args, "sb")
	if !m.changed() {
		m.harmless(c.spot)
		return succeeded
	}
	plain := !has(options, "p", "patch", "staged", "S", "soft", "mixed", "keep", "merge", "b", "B", "t", "orphan",
		"detach")
	source := options["s"].s + options["source"].s
	dashes := slices.ContainsFunc(c.args, func(w word) bool { return w.s == "--" })
	if len(rest) > 0 && rest[0].s == "HEAD" && verb != "restore" {
		rest = rest[1:]
	}
	switch verb {
	case "reset":
		plain = plain && has(options, "hard") && len(rest) == 0
		rest = nil
	case "checkout":
		plain = plain && (len(rest) > 0 || has(options, "f", "force"))
		for _, w := range rest { // a name without a -- before it is a path only where there is one
			p, known := m.entry(w.s)
			plain = plain && (dashes || known && p.disk == inTree && (m.world.upstream(p.name) != nil ||
				m.world.upstreamFolder(p.name) || strings.ContainsAny(w.s, "*?[")))
		}
	case "restore":
		plain = plain && len(rest) > 0 && (source == "" || source == "HEAD")
	default:
		plain = false
	}
	spec, known := m.pathspecs(rest)
	if verb == "reset" || len(rest) == 0 {
		spec.prefix = ""
	}
	if !plain || !known {
		return m.undecided(c.spot, "not expressible: git %s may undo the lines above it", verb)
	}
	m.takeBack(c, spec)
	return succeeded
}

// takeBack makes files what they are upstream.
func (m *machine) takeBack(c *call, spec pathspec) {
	files, order := map[place]*file{}, []place{}
	for p, f := range m.world.over {
		if p.disk != inTree || !spec.matches(p.name) {
			continue
		}
		if old := m.world.upstream(p.name); old != nil {
			files[p] = old
			order = append(order, p)
		} else if f.gone && m.world.upstreamFolder(p.name) && m.perhaps == "" {
			delete(m.world.over, p)
		}
	}
	slices.SortFunc(order, func(a, b place) int { return strings.Compare(a.name, b.name) })
	m.put(c.spot, &effect{kind: patched}, files, order)
	for _, p := range order { // the folders above come back too
		for p.name = path.Dir(p.name); p.name != "." && m.perhaps == ""; p.name = path.Dir(p.name) {
			if f := m.world.over[p]; f != nil && f.gone {
				delete(m.world.over, p)
			}
		}
	}
}

// gitClean is git clean -fd: files that upstream has not go.
func (m *machine) gitClean(c *call) status {
	options, rest := operands(c.args, "e")
	if !m.changed() {
		return m.nothing(c)
	}
	if !has(options, "d") || !has(options, "f", "force") || has(options, "e", "n", "i", "X") || len(rest) > 0 ||
		m.world.staged {
		return m.undecided(c.spot, "not expressible: git clean may undo the lines above it")
	}
	files, order := map[place]*file{}, []place{}
	for p, f := range m.world.over {
		if p.disk == inTree && !f.gone && !f.folder && m.world.upstream(p.name) == nil {
			files[p] = &file{gone: true}
			order = append(order, p)
		}
	}
	slices.SortFunc(order, func(a, b place) int { return strings.Compare(a.name, b.name) })
	m.put(c.spot, &effect{kind: patched}, files, order)
	m.world.prune(order)
	return succeeded
}

// gitDiffers is git diff --quiet.
func (m *machine) gitDiffers(c *call) status {
	m.harmless(c.spot)
	options, rest := operands(c.args, "")
	if len(rest) > 0 && rest[0].s == "HEAD" {
		rest = rest[1:]
	}
	spec, known := m.pathspecs(rest)
	if !has(options, "quiet", "exit-code") || has(options, "cached", "staged") || !known {
		m.printsUnknown(c.name)
		return status{why: "what git diff finds"}
	}
	m.printsUnknown(c.name)
	for p, f := range m.world.over {
		if p.disk != inTree || f.folder || !spec.matches(p.name) {
			continue
		}
		old := m.world.upstream(p.name)
		switch {
		case f.why != "":
			return status{why: "what git diff finds"}
		case old != nil && (f.gone || !same(old, f)):
			return failed
		}
	}
	return succeeded
}
