package script

import (
	"path"
	"strings"
)

// git follows what changes the tree; fetching it is Howdah's own.
func (m *machine) git(c *call) status {
	args := c.args
	dir := word{s: "."}
	for len(args) > 0 && strings.HasPrefix(args[0].s, "-") {
		if (args[0].s == "-C" || args[0].s == "-c") && len(args) > 1 {
			if args[0].s == "-C" {
				dir = args[1]
			}
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return m.nothing(c)
	}
	verb, args := args[0].s, args[1:]
	inner := &call{spot: c.spot, name: "git " + verb, args: args}
	switch verb {
	case "apply":
		return m.gitApply(inner, dir)
	case "am":
		return m.gitAm(inner, dir)
	case "mv", "rm":
		inner.name = verb
		m.world.staged = true
		return m.inFolder(dir, func() status {
			if verb == "mv" {
				return m.mv(inner)
			}
			s := m.rm(&call{spot: c.spot, name: "rm", args: without(args, "--cached", "-q")})
			m.world.pruneAll()
			return s
		})
	case "clone":
		return m.cloned(inner)
	case "merge", "cherry-pick", "rebase", "revert", "stash":
		m.printsUnknown(c.name)
		if len(args) > 0 && (args[0].s == "--abort" || args[0].s == "--quit") || verb == "stash" && !m.changed() {
			return m.nothing(c)
		}
		return m.undecided(c.spot, "not expressible: git %s takes commits in; import them by themselves: their pull "+
			"request, commit or branch", verb)
	case "checkout", "restore", "reset", "switch", "pull":
		return m.inFolder(dir, func() status { return m.gitRestore(inner, verb) })
	case "clean":
		return m.inFolder(dir, func() status { return m.gitClean(inner) })
	case "ls-files":
		return m.inFolder(dir, func() status { return m.gitList(inner) })
	case "grep":
		return m.inFolder(dir, func() status { return m.gitGrep(inner) })
	case "diff":
		return m.inFolder(dir, func() status { return m.gitDiffers(inner) })
	case "add", "commit":
		m.world.staged = m.world.staged || m.changed()
	case "status", "rev-parse", "describe", "log", "show", "merge-base", "ls-remote", "cat-file", "branch", "tag":
		m.printsUnknown("git " + verb)
		m.harmless(c.spot)
		if verb == "rev-parse" && len(args) == 1 && args[0].s == "--show-toplevel" && m.out != nil {
			m.out.why = ""
			m.print([]byte(m.top() + "\n"))
			return succeeded
		}
		return status{why: "what git " + verb + " finds"}
	}
	m.printsUnknown("git " + verb)
	m.harmless(c.spot)
	return succeeded
}

// top is the folder of the tree on the script's disk.
func (m *machine) top() string {
	for _, root := range m.world.roots() {
		if _, inside := below(root, m.cwd); inside {
			return root
		}
	}
	return m.cwd
}

// changed says that the script has changed the tree.
func (m *machine) changed() bool {
	for p, f := range m.world.over {
		if p.disk == inTree && !f.folder && !f.scratch {
			return true
		}
	}
	return false
}

func without(args []word, options ...string) (out []word) {
	for _, a := range args {
		drop := false
		for _, o := range options {
			drop = drop || a.s == o
		}
		if !drop {
			out = append(out, a)
		}
	}
	return out
}

// inFolder does something in another folder.
func (m *machine) inFolder(dir word, fn func() status) status {
	old := m.cwd
	abs, known := m.abs(dir.s)
	if known {
		m.cwd = abs
	}
	s := fn()
	m.cwd = old
	return s
}

// gitApply is git apply.
func (m *machine) gitApply(c *call, dir word) status {
	options, rest := operands(c.args, "pC")
	if has(options, "include", "exclude", "unidiff-zero", "reject") {
		return m.undecided(c.spot, "patch?: the import does not follow this option of git apply")
	}
	p := patching{strip: 1, check: has(options, "check", "stat", "numstat", "summary"), reverse: has(options, "R",
		"reverse")}
	m.world.staged = m.world.staged || has(options, "index", "3way", "3", "cached")
	if o, found := options["p"]; found {
		p.strip = number(o.s)
	}
	into := dir
	if o, found := options["directory"]; found {
		into = word{s: path.Join(dir.s, o.s), why: o.why}
	}
	if len(rest) == 0 || len(rest) == 1 && rest[0].s == "-" {
		p.name = m.inName(c)
		return m.applyPatch(c, p, m.in, into)
	}
	s := succeeded
	for _, w := range rest {
		one := p
		one.name = w.s
		var in *stream
		m.inFolder(dir, func() status { in = m.input(w); return succeeded })
		if t := m.applyPatch(c, one, in, into); t != succeeded {
			s = t
		}
	}
	return s
}

// gitAm is git am: each mail of a mailbox is a patch of its own.
func (m *machine) gitAm(c *call, dir word) status {
	options, rest := operands(c.args, "pC")
	if has(options, "abort", "skip", "continue", "quit") {
		return m.nothing(c)
	}
	p := patching{strip: 1}
	m.world.staged = true
	if o, found := options["p"]; found {
		p.strip = number(o.s)
	}
	if len(rest) == 0 {
		rest = []word{{s: "-"}}
	}
	s := succeeded
	for _, w := range rest {
		in, name := m.in, m.inName(c)
		if w.s != "-" {
			m.inFolder(dir, func() status { in = m.input(w); return succeeded })
			name = w.s
		}
		if in == nil || in.why != "" {
			s = m.applyPatch(c, p, in, dir)
			continue
		}
		parts, err := mails(m.ctx, name, in.data)
		if err != nil {
			m.undecided(c.spot, "patch?: %v", err)
			continue
		}
		for _, one := range parts {
			next := p
			next.name = name
			if t := m.applyPatch(c, next, &stream{data: one}, dir); t != succeeded {
				s = t
			}
		}
	}
	return s
}

// cloned is git clone. A clone of Mastodon is the tree itself; another repository is not here.
func (m *machine) cloned(c *call) status {
	_, rest := operands(c.args, "bcjou")
	if len(rest) == 0 {
		return m.nothing(c)
	}
	url := strings.TrimSuffix(rest[0].s, ".git")
	to := path.Base(url)
	if len(rest) > 1 {
		to = rest[1].s
	}
	abs, known := m.abs(to)
	if !known {
		return m.unclear(c.spot, rest[len(rest)-1].doubt())
	}
	if strings.HasSuffix(url, "/mastodon") || strings.HasSuffix(url, "/mastodon.git") {
		m.world.note(abs, strong)
		return m.nothing(c)
	}
	return m.undecided(c.spot, "overlay?: it clones %s; take its files with an overlay of that repository", url)
}
