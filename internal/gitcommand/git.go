// Package gitcommand holds git, patch and quilt, as a script that is followed calls them. None of them is run: the
// engine that applies a series applies their patches, without fuzz.
package gitcommand

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/filecommand"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// git follows what changes the tree; fetching it is Howdah's own.
func git(m *shell.Machine, c *shell.Call) shell.Status {
	args := c.Args
	dir := shell.Word{Text: "."}
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		if (args[0].Text == "-C" || args[0].Text == "-c") && len(args) > 1 {
			if args[0].Text == "-C" {
				dir = args[1]
			}
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return m.Nothing(c)
	}
	verb, args := args[0].Text, args[1:]
	inner := &shell.Call{Spot: c.Spot, Name: "git " + verb, Args: args}
	switch verb {
	case "apply":
		return gitApply(m, inner, dir)
	case "am":
		return gitAm(m, inner, dir)
	case "mv", "rm":
		inner.Name = verb
		m.World.Staged = true
		return inFolder(m, dir, func() shell.Status {
			defer addToIndex(m)
			if verb == "mv" {
				return filecommand.Mv(m, inner)
			}
			s := filecommand.Rm(m, &shell.Call{Spot: c.Spot, Name: "rm", Args: without(args, "--cached", "-q")})
			m.World.PruneAll()
			return s
		})
	case "clone":
		return cloned(m, inner)
	case "init":
		m.World.Loose, m.World.Shallow = false, true
	case "merge", "cherry-pick", "rebase", "revert", "stash":
		m.PrintsUnknown(c.Name)
		if len(args) > 0 && (args[0].Text == "--abort" || args[0].Text == "--quit") || verb == "stash" && !changed(m) {
			return m.Nothing(c)
		}
		if takesFork(m, inner, verb) {
			return shell.Status{Why: "what git " + verb + " does"}
		}
		m.Offer(c.Spot, commitsOf(verb, args), "not expressible: git %s takes commits in", verb)
		return shell.Status{Why: "what git " + verb + " does"}
	case "remote", "fetch":
		return remote(m, inner, verb)
	case "checkout", "restore", "reset", "switch", "pull":
		if takesFork(m, inner, verb) {
			return shell.Succeeded
		}
		return inFolder(m, dir, func() shell.Status { return gitRestore(m, inner, verb) })
	case "clean":
		return inFolder(m, dir, func() shell.Status { return gitClean(m, inner) })
	case "ls-files":
		return inFolder(m, dir, func() shell.Status { return gitList(m, inner) })
	case "grep":
		return inFolder(m, dir, func() shell.Status { return gitGrep(m, inner) })
	case "diff":
		return inFolder(m, dir, func() shell.Status { return gitDiffers(m, inner) })
	case "add", "commit":
		m.World.Staged = m.World.Staged || changed(m)
		if options, _ := arguments.Split(args, "mFcCt"); verb == "commit" {
			commitIndex(m, options.Has("a", "all"))
		} else {
			addToIndex(m)
		}
	case "status", "rev-parse", "describe", "log", "show", "merge-base", "ls-remote", "cat-file", "branch", "tag":
		m.PrintsUnknown("git " + verb)
		m.Harmless(c.Spot)
		if verb == "rev-parse" && len(args) == 1 && args[0].Text == "--show-toplevel" && m.Out != nil {
			m.Out.Why = ""
			m.Print([]byte(top(m) + "\n"))
			return shell.Succeeded
		}
		return shell.Status{Why: "what git " + verb + " finds"}
	}
	m.PrintsUnknown("git " + verb)
	m.Harmless(c.Spot)
	return shell.Succeeded
}

// commitsOf is the import of what git merge, cherry-pick and their like take in.
func commitsOf(verb string, args []shell.Word) importer.Next {
	if verb == "cherry-pick" {
		for _, w := range args {
			if tree.ID(w.Text).Valid() {
				return importer.Next{Import: "https://github.com/OWNER/REPO/commit/" + w.Text}
			}
		}
		return importer.Next{Import: "https://github.com/OWNER/REPO/commit/COMMIT"}
	}
	return importer.Next{Import: "OWNER/REPO@BRANCH"}
}

// top is the folder of the tree on the script's disk.
func top(m *shell.Machine) string {
	for _, root := range m.World.Roots() {
		if _, inside := scriptfiles.Below(root, m.Cwd); inside {
			return root
		}
	}
	return m.Cwd
}

// changed reports whether the script has changed the tree.
func changed(m *shell.Machine) bool {
	for p, f := range m.World.Over {
		if p.Disk == scriptfiles.InTree && !f.Folder && !f.Scratch {
			return true
		}
	}
	return false
}

func without(args []shell.Word, options ...string) (out []shell.Word) {
	for _, a := range args {
		drop := false
		for _, o := range options {
			drop = drop || a.Text == o
		}
		if !drop {
			out = append(out, a)
		}
	}
	return out
}

// inFolder does something in another folder.
func inFolder(m *shell.Machine, dir shell.Word, fn func() shell.Status) shell.Status {
	old := m.Cwd
	abs, known := m.Abs(dir.Text)
	if known {
		m.Cwd = abs
	}
	s := fn()
	m.Cwd = old
	return s
}

// patchValues are the long options of git apply and git am that take a value.
var patchValues = []string{"directory", "include", "exclude", "whitespace", "build-fake-ancestor", "patch-format",
	"resolvemsg", "empty", "quoted-cr"}

func gitApply(m *shell.Machine, c *shell.Call, dir shell.Word) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, patchValues...), "pC")
	p := patching{strip: 1, check: options.Has("check", "stat", "numstat", "summary"),
		reverse: options.Has("R",
			"reverse"), options: options, merges: options.Has("3", "3way")}
	p.index = p.merges || options.Has("index")
	m.World.Staged = m.World.Staged || options.Has("index", "3way", "3", "cached")
	if o, found := options["p"]; found {
		p.strip = arguments.Number(o.Text)
	}
	into := dir
	if o, found := options["directory"]; found {
		into = shell.Word{Text: path.Join(dir.Text, o.Text), Why: o.Why}
	}
	if len(rest) == 0 || len(rest) == 1 && rest[0].Text == "-" {
		p.name = inName(m, c)
		return applyPatch(m, c, p, m.In, into)
	}
	s := shell.Succeeded
	for _, w := range rest {
		one := p
		one.name = w.Text
		var in *shell.Stream
		inFolder(m, dir, func() shell.Status { in = m.Input(w); return shell.Succeeded })
		if s = applyPatch(m, c, one, in, into); s != shell.Succeeded {
			break // git reads no further file
		}
	}
	return s
}

// gitAm is git am: each mail of a mailbox is a patch of its own.
func gitAm(m *shell.Machine, c *shell.Call, dir shell.Word) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, patchValues...), "pC")
	if options.Has("abort", "skip", "continue", "quit") {
		return m.Nothing(c)
	}
	p := patching{strip: 1, options: options, merges: options.Has("3", "3way"), index: true, commits: true}
	if o, found := options["directory"]; found {
		dir = shell.Word{Text: path.Join(dir.Text, o.Text), Why: o.Why}
	}
	m.World.Staged = true
	if o, found := options["p"]; found {
		p.strip = arguments.Number(o.Text)
	}
	if len(rest) == 0 {
		rest = []shell.Word{{Text: "-"}}
	}
	s := shell.Succeeded
	for _, w := range rest {
		in, name := m.In, inName(m, c)
		if w.Text != "-" {
			inFolder(m, dir, func() shell.Status { in = m.Input(w); return shell.Succeeded })
			name = w.Text
		}
		if in == nil || in.Why != "" {
			s = applyPatch(m, c, p, in, dir)
			continue
		}
		parts, err := mails(m.Ctx, name, in.Data)
		if err != nil {
			m.Undecided(c.Spot, "patch?: %v", err)
			continue
		}
		for _, one := range parts {
			next := p
			next.name = name
			if t := applyPatch(m, c, next, &shell.Stream{Data: one}, dir); t != shell.Succeeded {
				s = t
			}
		}
	}
	return s
}

// cloned is git clone. A clone of Mastodon is the tree itself; another repository is not here.
func cloned(m *shell.Machine, c *shell.Call) shell.Status {
	args := arguments.WithValues(c.Args, "depth", "branch", "config", "jobs", "origin", "filter")
	options, rest := arguments.Split(args, "bcjou")
	if len(rest) == 0 {
		return m.Nothing(c)
	}
	url := strings.TrimSuffix(rest[0].Text, ".git")
	to := path.Base(url)
	if len(rest) > 1 {
		to = rest[1].Text
	}
	abs, known := m.Abs(to)
	if !known {
		return m.Unclear(c.Spot, rest[len(rest)-1].Doubt())
	}
	if strings.HasSuffix(url, "/mastodon") || strings.HasSuffix(url, "/mastodon.git") {
		m.World.Note(abs, scriptfiles.Strong)
		m.World.Shallow, m.World.Loose = options.Has("depth", "shallow-since", "shallow-exclude"), false
		m.World.Remotes["origin"] = rest[0].Text
		branch := options["b"].Text + options["branch"].Text
		if rest[0].Known() && filecommand.Forked(m, c.Spot, rest[0].Text, branch) {
			return shell.Succeeded
		}
		return m.Nothing(c)
	}
	m.World.Clones[abs] = c.Where()
	if p, placed := m.Place(to, true); placed && m.Perhaps == "" && !m.World.Exists(p) {
		m.World.Write(p, &scriptfiles.File{Folder: true})
	}
	return m.Undecided(c.Spot, "overlay?: it clones %s; take its files with an overlay of that repository", url)
}
