package script

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
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
}

// patchProgram is patch(1). It is never run: the series' own engine applies the file, without fuzz.
func (m *machine) patchProgram(c *call) status {
	options, rest := operands(c.args, "pidFroBVDYz")
	strip := -1
	if o, found := options["p"]; found {
		strip = number(o.s)
	} else if o, found := options["strip"]; found {
		strip = number(o.s)
	}
	dir := word{s: "."}
	if o, found := options["d"]; found {
		dir = o
	} else if o, found := options["directory"]; found {
		dir = o
	}
	source := word{}
	if o, found := options["i"]; found {
		source = o
	} else if o, found := options["input"]; found {
		source = o
	} else if len(rest) > 1 {
		source = rest[1]
	}
	if has(options, "o", "e", "ed", "c", "context", "n", "normal", "D", "ifdef", "output") {
		return m.undecided(c.spot, "patch?: the import does not follow this option of patch(1)")
	}
	p := patching{strip: strip, check: has(options, "dry-run"), reverse: has(options, "R", "reverse")}
	if len(rest) > 0 {
		if p.file = rest[0].s; strip < 0 {
			strip, p.strip = 0, 0
		}
	}
	in := m.in
	if source.s != "" {
		in = m.input(source)
		p.name = source.s
	} else {
		p.name = m.inName(c)
	}
	if strip < 0 {
		return m.undecided(c.spot, "patch?: without -p patch(1) takes only the last part of each path; import the patch by "+
			"itself")
	}
	return m.applyPatch(c, p, in, dir)
}

// inName is the name of the file that the command's input comes from, for messages.
func (m *machine) inName(c *call) string {
	if m.inFrom != "" {
		return m.inFrom
	}
	return c.name
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// applyPatch applies a patch's text in a folder.
func (m *machine) applyPatch(c *call, p patching, in *stream, dir word) status {
	if in != nil && in.why != "" && strings.ContainsAny(p.name, "*?[") {
		return m.undecided(c.spot, "patch?: no file beside the script is named %s; import the folder %s by itself", p.name,
			path.Dir(p.name))
	}
	m.learnFrom(p, in, dir)
	at, known := m.place(dir.s, true)
	if !known || at.disk != inTree {
		if at.disk != inTree && known {
			return m.undecided(c.spot, "patch?: it patches %s, which is not the tree", clear(dir.s))
		}
		return m.unclear(c.spot, dir.doubt())
	}
	if in == nil || in.why != "" {
		why := "what is typed in"
		if in != nil {
			why = in.why
		}
		return m.undecided(c.spot, "patch?: %s; put it beside the script, or import it by itself", why)
	}
	p.data = in.data
	if p.folder = at.name; p.folder != "" {
		p.folder += "/"
	}
	return m.applyText(c, p)
}

// learnFrom takes the files that a patch names for a reason to take a folder for the tree.
func (m *machine) learnFrom(p patching, in *stream, dir word) {
	if in == nil || in.why != "" || m.world.settled {
		return
	}
	files, err := series.ReadDiff(p.name, in.data, p.strip)
	if err != nil {
		return // applyText says why
	}
	for _, f := range files {
		if f.OldName != "" && m.world.upstream(f.OldName) != nil {
			m.place(path.Join(dir.s, f.OldName), true)
		}
	}
}

// applyText applies a patch with the engine of the series, and records what it did.
func (m *machine) applyText(c *call, p patching) status {
	files, err := series.ReadDiff(p.name, p.data, p.strip)
	if err != nil {
		return m.undecided(c.spot, "patch?: %v", err)
	}
	if p.reverse {
		for i, f := range files {
			files[i] = f.Reverse()
		}
		slices.Reverse(files)
	}
	if p.file != "" {
		if len(files) != 1 || files[0].New || files[0].Deleted {
			return m.undecided(c.spot, "patch?: it names one file to be patched; the patch is about %s", plural(len(files),
				"file"))
		}
		at, known := m.place(p.file, true)
		if !known || at.disk != inTree {
			return m.undecided(c.spot, "patch?: it patches %s, which is not in the tree", clear(p.file))
		}
		p.folder, files[0].OldName, files[0].NewName = "", at.name, at.name
	}
	if p.folder != "" {
		for _, f := range files {
			f.OldName, f.NewName = under(p.folder, f.OldName), under(p.folder, f.NewName)
		}
	}
	for _, f := range files {
		for _, name := range []string{f.OldName, f.NewName} {
			if at := m.world.read(place{inTree, name}); name != "" && at != nil && at.why != "" {
				for _, one := range files {
					m.doubt(c.spot, place{inTree, one.Name()}, "a patch on it is not certain")
				}
				return m.undecided(c.spot, "patch?: %s is uncertain: %s", name, m.certain(at))
			}
		}
	}
	out := &importer.Import{}
	change := out.AddDiff("patch", "", "", files)
	before, err := m.world.tree(m.ctx)
	if err != nil {
		m.world.fail(err)
		return failed
	}
	r, err := apply.Apply(m.ctx, (&series.Series{Changes: []*series.Change{change}}),
		apply.Inputs{Base: before})
	if err != nil {
		m.world.fail(err)
		return failed
	}
	o := r.Outcomes[0]
	exact := o.Verdict == apply.Clean || o.Verdict == apply.Offset
	if p.check {
		m.harmless(c.spot)
		return ok(exact)
	}
	if !exact {
		m.undecided(c.spot, "patch?: %s does not apply here (%s): %s; import it by itself to resolve it", base(p.name),
			o.Verdict, o.Message)
		if o.After == nil || !o.Verdict.Applies() {
			for _, f := range files {
				m.doubt(c.spot, place{inTree, f.Name()}, "a patch on it does not apply")
			}
			return failed
		}
	}
	return m.takeTree(c, p, before, r.Tree)
}

// takeTree writes what a patch made of the tree.
func (m *machine) takeTree(c *call, p patching, before, after *tree.Tree) status {
	deltas, err := tree.Compare(m.ctx, before, after)
	if err != nil {
		m.world.fail(err)
		return failed
	}
	written, order := map[place]*file{}, []place{}
	for _, d := range deltas {
		at := place{inTree, d.Path}
		order = append(order, at)
		if d.New.ID == "" {
			written[at] = &file{gone: true}
			continue
		}
		data, err := after.Blob(m.ctx, d.New.ID)
		if err != nil {
			m.world.fail(err)
			return failed
		}
		written[at] = &file{data: data, mode: d.New.Mode}
	}
	e := &effect{kind: patched, name: p.name, title: series.Subject(p.data), head: mailHead(p.data)}
	m.put(c.spot, e, written, order)
	m.world.prune(order)
	return succeeded
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

// mails splits a mailbox.
func mails(ctx context.Context, name string, data []byte) ([][]byte, error) {
	im, err := importer.Source{}.Mailbox(ctx, name, data)
	if err != nil {
		return nil, err
	}
	if err := im.Refused(); err != nil {
		return nil, err
	}
	var out [][]byte
	for _, c := range im.Changes {
		out = append(out, c.Patch.Data)
	}
	return out, nil
}
