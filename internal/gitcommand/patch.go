package gitcommand

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// patching is one patch file that a command applies.
type patching struct {
	name    string
	data    []byte
	strip   int
	folder  string // of the tree, below which its paths lie
	check   bool   // only asked whether it applies
	reverse bool   // taken back
	file    string // that is patched, whatever the patch names

	options arguments.Options // of git
	merges  bool              // three ways, where it does not apply as it is
	index   bool              // only to files that are as git's index has them
	commits bool
	forward bool // of patch(1): passed over where it is applied already
	loose   bool // of patch(1): another fuzz, or blanks do not count
}

// patchProgram is patch(1). It is never run: the series' own engine applies the file, without fuzz.
func patchProgram(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "strip", "input", "directory", "fuzz", "reject-file",
		"output", "prefix", "suffix", "basename-prefix", "version-control", "ifdef", "quoting-style", "reject-format",
		"read-only"), "pidFroBVDYz")
	strip := -1
	if o, found := options["p"]; found {
		strip = arguments.Number(o.Text)
	} else if o, found := options["strip"]; found {
		strip = arguments.Number(o.Text)
	}
	dir := shell.Word{Text: "."}
	if o, found := options["d"]; found {
		dir = o
	} else if o, found := options["directory"]; found {
		dir = o
	}
	source := shell.Word{}
	if o, found := options["i"]; found {
		source = o
	} else if o, found := options["input"]; found {
		source = o
	} else if len(rest) > 1 {
		source = rest[1]
	}
	if options.Has("o", "e", "ed", "c", "context", "n", "normal", "D", "ifdef", "output") {
		return m.Undecided(c.Spot, "patch?: the import does not follow this option of patch(1)")
	}
	p := patching{strip: strip, check: options.Has("dry-run"), reverse: options.Has("R", "reverse"),
		forward: options.Has("N", "forward"), loose: options.Has("F", "fuzz", "l", "ignore-whitespace", "merge")}
	if len(rest) > 0 {
		if p.file = rest[0].Text; strip < 0 {
			strip, p.strip = 0, 0
		}
	}
	in := m.In
	if source.Text != "" {
		inFolder(m, dir, func() shell.Status { in = m.Input(source); return shell.Succeeded })
		p.name = source.Text
	} else {
		p.name = inName(m, c)
	}
	if strip < 0 {
		m.Offer(c.Spot, alone(m, p.name), "patch?: without -p patch(1) takes only the last part of each path")
		return shell.Status{Why: "what patch does"}
	}
	return applyPatch(m, c, p, in, dir)
}

// inName is the name of the file that the command's input comes from, for messages.
func inName(m *shell.Machine, c *shell.Call) string {
	if m.In != nil && m.In.Name != "" {
		return m.In.Name
	}
	return c.Name
}

// applyPatch applies a patch's text in a folder.
func applyPatch(m *shell.Machine, c *shell.Call, p patching, in *shell.Stream, dir shell.Word) shell.Status {
	if in != nil && in.Why != "" && strings.ContainsAny(p.name, "*?[") {
		m.Offer(c.Spot, alone(m, path.Dir(p.name)), "patch?: no file beside the script is named %s; copy them there, and "+
			"import the script again", p.name)
		return shell.Status{Why: "whether there is " + p.name}
	}
	learnFrom(m, p, in, dir)
	at, known := m.Place(dir.Text, true)
	unread := in == nil || in.Why != ""
	if known && at.Disk != scriptfiles.InTree && unread && len(m.World.Seen) == 0 {
		return notHere(m, c, p, whyUnread(in)) // it would show where the tree is
	}
	if !known || at.Disk != scriptfiles.InTree {
		if at.Disk != scriptfiles.InTree && known {
			return m.Undecided(c.Spot, "patch?: it patches %s, which is not the tree", placeholder.Shown(dir.Text))
		}
		return m.Unclear(c.Spot, dir.Doubt())
	}
	if unread {
		return notHere(m, c, p, whyUnread(in))
	}
	p.data = in.Data
	if p.folder = at.Name; p.folder != "" {
		p.folder += "/"
	}
	return applyText(m, c, p)
}

// whyUnread is why a patch's text is not known.
func whyUnread(in *shell.Stream) string {
	if in == nil {
		return "what is typed in"
	}
	return in.Why
}

// notHere notes a patch whose text is not known.
func notHere(m *shell.Machine, c *shell.Call, p patching, why string) shell.Status {
	name := placeholder.Shown(path.Base(p.name))
	switch w, known := m.Abs(p.name); {
	case known && !placeholder.In(path.Base(w)) && strings.Contains(why, "which is not here"):
		m.Undecided(c.Spot, "patch?: %s is not here; copy it beside the script as %s, and import the script again",
			placeholder.Shown(p.name), name)
	default:
		m.Undecided(c.Spot, "patch?: %s", why)
	}
	return shell.Status{Why: "what " + c.Name + " does"}
}

// learnFrom takes the files that a patch names for a reason to take a folder for the tree.
func learnFrom(m *shell.Machine, p patching, in *shell.Stream, dir shell.Word) {
	if in == nil || in.Why != "" || m.World.Settled {
		return
	}
	files, err := series.ReadDiff(p.name, in.Data, p.strip)
	if err != nil {
		return // applyText says why
	}
	for _, f := range files {
		if f.OldName != "" {
			m.Place(path.Join(dir.Text, f.OldName), false)
		}
	}
}

// applyText applies a patch with the engine of the series, and records what it did.
func applyText(m *shell.Machine, c *shell.Call, p patching) shell.Status {
	files, err := series.ReadDiff(p.name, p.data, p.strip)
	if err != nil {
		return m.Undecided(c.Spot, "patch?: %v", err)
	}
	if p.reverse {
		for i, f := range files {
			files[i] = f.Reverse()
		}
		slices.Reverse(files)
	}
	if p.file != "" {
		if len(files) != 1 || files[0].New || files[0].Deleted {
			return m.Undecided(c.Spot, "patch?: it names one file to be patched; the patch is about %s", plural.Of(len(files),
				"file"))
		}
		at, known := m.Place(p.file, true)
		if !known || at.Disk != scriptfiles.InTree {
			return m.Undecided(c.Spot, "patch?: it patches %s, which is not in the tree", placeholder.Shown(p.file))
		}
		p.folder, files[0].OldName, files[0].NewName = "", at.Name, at.Name
	}
	if p.folder != "" {
		for _, f := range files {
			f.OldName, f.NewName = under(p.folder, f.OldName), under(p.folder, f.NewName)
		}
	}
	for _, f := range files {
		for _, name := range []string{f.OldName, f.NewName} {
			if at := m.World.Read(scriptfiles.At(scriptfiles.InTree, name)); name != "" && at != nil && at.Why != "" {
				for _, one := range files {
					m.Doubt(c.Spot, scriptfiles.At(scriptfiles.InTree, one.Name()), "a patch on it is not certain")
				}
				return m.Undecided(c.Spot, "patch?: %s is uncertain: %s", name, at.Doubt())
			}
		}
	}
	if why := p.refused(m, files); why != "" {
		for _, f := range files {
			m.Doubt(c.Spot, scriptfiles.At(scriptfiles.InTree, f.Name()), "a patch on it is not followed")
		}
		m.Undecided(c.Spot, "patch?: %s", why)
		return shell.Refused
	}
	before, err := m.World.Tree(m.Ctx)
	if err != nil {
		m.World.Fail(err)
		return shell.Failed
	}
	r, err := applied(m, before, files, p.merges)
	if err != nil {
		m.World.Fail(err)
		return shell.Failed
	}
	o := r.Outcomes[0]
	exact := o.Verdict == verdict.Clean || o.Verdict == verdict.Offset || p.merges && o.Verdict == verdict.Merged
	if p.forward && !p.reverse && !exact && appliedAlready(m, before, files) {
		m.Harmless(c.Spot) // patch(1) passes over it
		return shell.Failed
	}
	if p.check {
		m.Harmless(c.Spot)
		return shell.Whether(exact)
	}
	if !exact {
		return notExact(m, c, p, files, o)
	}
	s := takeTree(m, c, p, before, r.Tree)
	if p.index {
		addToIndex(m)
	}
	if p.commits {
		commitIndex(m, false)
	}
	return s
}

// takeTree writes what a patch made of the tree.
func takeTree(m *shell.Machine, c *shell.Call, p patching, before, after *tree.Tree) shell.Status {
	deltas, err := tree.Compare(m.Ctx, before, after)
	if err != nil {
		m.World.Fail(err)
		return shell.Failed
	}
	written, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	for _, d := range deltas {
		at := scriptfiles.At(scriptfiles.InTree, d.Path)
		order = append(order, at)
		if d.New.ID == "" {
			written[at] = &scriptfiles.File{Gone: true}
			continue
		}
		data, err := after.Blob(m.Ctx, d.New.ID)
		if err != nil {
			m.World.Fail(err)
			return shell.Failed
		}
		written[at] = &scriptfiles.File{Data: data, Mode: d.New.Mode}
	}
	e := &scriptchanges.Effect{Kind: scriptchanges.Patched, Name: p.name, Title: series.Subject(p.data),
		Head: mailHead(p.data), Next: alone(m, p.name)}
	m.Put(c.Spot, e, written, order)
	m.World.Prune(order)
	return shell.Succeeded
}

// mailHead is what stands above the diff of a mail: who wrote it, and why.
func mailHead(data []byte) string {
	begins := func(with string) bool { return bytes.HasPrefix(data, []byte(with)) }
	if !begins("From ") && !begins("From:") && !begins("Subject:") {
		return ""
	}
	head, _, found := bytes.Cut(data, []byte("\ndiff --git "))
	if !found {
		return ""
	}
	return string(head) + "\n"
}

func under(folder, name string) string {
	if name == "" {
		return ""
	}
	return path.Join(folder, name)
}
