package gitcommand

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/pattern"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/textcommand"
	"github.com/howdah/howdah/internal/tree"
)

// pathspec returns the paths of the tree that a git command is about.
type pathspec struct {
	prefix  string // the folder of the tree that the command runs in
	take    []func(string) bool
	exclude []func(string) bool
}

// pathspecs reads the paths that are given to git in the folder where the script is; false: they are not certain.
func pathspecs(m *shell.Machine, args []shell.Word) (pathspec, bool) {
	at, known := m.Place(".", true)
	spec := pathspec{prefix: at.Name}
	if !known || at.Disk != scriptfiles.InTree || m.World.Staged {
		return spec, false
	}
	for _, a := range args {
		if a.Text == "--" {
			continue
		}
		s, excluded := a.Text, false
		for _, magic := range []string{":!", ":^", ":(exclude)"} {
			if rest, found := strings.CutPrefix(s, magic); found {
				s, excluded = rest, true
			}
		}
		if a.Why != "" && !placeholder.Begins(a.Text) || strings.HasPrefix(s, ":") {
			return spec, false
		}
		if p, isKnown := m.Entry(s); !strings.ContainsAny(s, "*?[") && isKnown && p.Disk == scriptfiles.InTree {
			s = p.Name
		} else if placeholder.In(s) {
			return spec, false
		} else {
			s = path.Join(at.Name, s)
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
		_, inside := scriptfiles.Below(s, name)
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
	_, inside := scriptfiles.Below(s.prefix, name)
	return yes && (inside || s.prefix == "" || len(s.take) > 0)
}

// tracked lists the files of the pinned tree that git commands are about, by their names there.
func tracked(m *shell.Machine, spec pathspec) (out []string) {
	var walk func(string)
	walk = func(folder string) {
		entries, err := m.World.Pinned.ReadDir(m.Ctx, folder)
		m.World.Fail(err)
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
	rest, inside := scriptfiles.Below(prefix, name)
	return rest, inside && rest != ""
}

// gitList is git ls-files.
func gitList(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	options, rest := arguments.Split(c.Args, "")
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
	spec, known := pathspecs(m, rest)
	if !plain || !known {
		m.PrintsUnknown(c.Name)
		return shell.Status{Why: "what git ls-files finds"}
	}
	for _, name := range tracked(m, spec) {
		shown, inside := shownIn(spec.prefix, name)
		if !inside {
			m.PrintsUnknown(c.Name)
			return shell.Succeeded
		}
		m.Log.Globbed[shown] = true
		m.Print([]byte(shown + end))
	}
	return shell.Succeeded
}

// gitGrep is git grep over the files of the work tree.
func gitGrep(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	g := textcommand.ParseGrep(m, &shell.Call{Spot: c.Spot, Name: "git grep", Args: c.Args})
	spec, known := pathspecs(m, g.Files)
	if g.Unknown != "" || !known {
		m.PrintsUnknown(c.Name)
		return shell.Status{Why: "what git grep finds"}
	}
	var sources []textcommand.NamedText
	for _, name := range tracked(m, spec) {
		f := m.World.Read(scriptfiles.At(scriptfiles.InTree, name))
		shown, inside := shownIn(spec.prefix, name)
		switch {
		case f == nil || f.Mode == tree.Symlink:
			continue
		case f.Why != "" || !inside:
			m.PrintsUnknown(c.Name)
			return shell.Status{Why: "what git grep finds"}
		}
		sources = append(sources, textcommand.NamedText{Name: shown, Data: f.Data})
	}
	g.Names, g.Some = true, true
	return textcommand.Search(m, g, sources)
}

// gitRestore is git checkout and restore of paths, and reset --hard: files are upstream's again.
func gitRestore(m *shell.Machine, c *shell.Call, verb string) shell.Status {
	m.PrintsUnknown(c.Name)
	options, rest := arguments.Split(c.Args, "sb")
	if !changed(m) {
		m.Harmless(c.Spot)
		return shell.Succeeded
	}
	plain := !options.Has("p", "patch", "staged", "S", "soft", "mixed", "keep", "merge", "b", "B", "t", "orphan",
		"detach")
	source := options["s"].Text + options["source"].Text
	dashes := slices.ContainsFunc(c.Args, func(w shell.Word) bool { return w.Text == "--" })
	if len(rest) > 0 && rest[0].Text == "HEAD" && verb != "restore" {
		rest = rest[1:]
	}
	switch verb {
	case "reset":
		plain = plain && options.Has("hard") && len(rest) == 0
		rest = nil
	case "checkout":
		plain = plain && (len(rest) > 0 || options.Has("f", "force"))
		for _, w := range rest { // a name without a -- before it is a path only where there is one
			p, known := m.Entry(w.Text)
			plain = plain && (dashes || known && p.Disk == scriptfiles.InTree && (m.World.Upstream(p.Name) != nil ||
				m.World.UpstreamFolder(p.Name) || strings.ContainsAny(w.Text, "*?[")))
		}
	case "restore":
		plain = plain && len(rest) > 0 && (source == "" || source == "HEAD")
	default:
		plain = false
	}
	spec, known := pathspecs(m, rest)
	if verb == "reset" || len(rest) == 0 {
		spec.prefix = ""
	}
	if !plain || !known {
		return m.Undecided(c.Spot, "not expressible: git %s may undo the lines above it", verb)
	}
	takeBack(m, c, spec)
	return shell.Succeeded
}

// takeBack sets files to their content upstream.
func takeBack(m *shell.Machine, c *shell.Call, spec pathspec) {
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	for p, f := range m.World.Over {
		if p.Disk != scriptfiles.InTree || !spec.matches(p.Name) {
			continue
		}
		if old := m.World.Upstream(p.Name); old != nil {
			files[p] = old
			order = append(order, p)
		} else if f.Gone && m.World.UpstreamFolder(p.Name) && m.Perhaps == "" {
			delete(m.World.Over, p)
		}
	}
	slices.SortFunc(order, func(a, b scriptfiles.Place) int { return strings.Compare(a.Name, b.Name) })
	m.Put(c.Spot, &scriptchanges.Effect{Kind: scriptchanges.Patched}, files, order)
	for _, p := range order { // the folders above come back too
		for p.Name = path.Dir(p.Name); p.Name != "." && m.Perhaps == ""; p.Name = path.Dir(p.Name) {
			if f := m.World.Over[p]; f != nil && f.Gone {
				delete(m.World.Over, p)
			}
		}
	}
}

// gitClean is git clean -fd: files that upstream has not go.
func gitClean(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "exclude"), "e")
	if !changed(m) {
		return m.Nothing(c)
	}
	if !options.Has("d") || !options.Has("f", "force") ||
		options.Has("e", "exclude", "n", "dry-run", "i", "interactive", "X") ||
		len(rest) > 0 ||
		m.World.Staged {
		return m.Undecided(c.Spot, "not expressible: git clean may undo the lines above it")
	}
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	for p, f := range m.World.Over {
		if p.Disk == scriptfiles.InTree && !f.Gone && !f.Folder && m.World.Upstream(p.Name) == nil {
			files[p] = &scriptfiles.File{Gone: true}
			order = append(order, p)
		}
	}
	slices.SortFunc(order, func(a, b scriptfiles.Place) int { return strings.Compare(a.Name, b.Name) })
	m.Put(c.Spot, &scriptchanges.Effect{Kind: scriptchanges.Patched}, files, order)
	m.World.Prune(order)
	return shell.Succeeded
}

// gitDiffers is git diff --quiet.
func gitDiffers(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	options, rest := arguments.Split(c.Args, "")
	if len(rest) > 0 && rest[0].Text == "HEAD" {
		rest = rest[1:]
	}
	spec, known := pathspecs(m, rest)
	if !options.Has("quiet", "exit-code") || options.Has("cached", "staged") || !known {
		m.PrintsUnknown(c.Name)
		return shell.Status{Why: "what git diff finds"}
	}
	m.PrintsUnknown(c.Name)
	for p, f := range m.World.Over {
		if p.Disk != scriptfiles.InTree || f.Folder || !spec.matches(p.Name) {
			continue
		}
		old := m.World.Upstream(p.Name)
		switch {
		case f.Why != "":
			return shell.Status{Why: "what git diff finds"}
		case old != nil && (f.Gone || !scriptchanges.Same(old, f)):
			return shell.Failed
		}
	}
	return shell.Succeeded
}
