package shell

import (
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// target is a file that a command's output goes to.
type target struct {
	name    string
	place   scriptfiles.Place
	append  bool
	why     string // not "": which file is not known
	out     *Stream
	empty   *scriptfiles.File // what the shell made of the file before the command began
	before  *scriptfiles.File // that lay over upstream's
	opened  bool              // its end is written to
	effects int               // that were recorded before
}

// redirected runs something with its input and output where the statement leads them, and writes the files.
func (m *Machine) redirected(s *syntax.Stmt, at scriptchanges.Spot, fn func()) {
	in, out, err, fds := m.In, m.Out, m.err, m.fds
	var targets []*target
	if c, isCall := s.Cmd.(*syntax.CallExpr); isCall && len(s.Redirs) > 0 && len(c.Args) > 0 {
		m.expanded = m.fields(c.Args) // the shell expands a simple command before it opens files
	}
	runs, unsure := true, ""
	for _, r := range s.Redirs {
		t, opened := m.redirect(r, at)
		unsure += m.mayFail(r)
		if t != nil {
			targets = append(targets, t)
		}
		if runs = opened; !runs {
			m.Status, m.expanded = Failed, nil
			break
		}
	}
	if m.In != nil && m.Out != nil && m.In.from == m.Out.End && m.In.from.Name != "" {
		m.In = &Stream{Why: "a file that a command reads while it writes to it"}
	}
	if runs {
		fn()
	}
	if runs && unsure != "" {
		m.Status = Status{Why: unsure}
	}
	if bash.KeepsInput(s) {
		in, fds = m.In, m.fds
	}
	m.In, m.Out, m.err, m.fds = in, out, err, fds
	for _, t := range targets {
		switch now := m.World.Over[t.place]; {
		case t.empty == nil && t.opened && now != t.before:
			t.out.Why = "the content of a file that two commands write at once"
		case t.empty == nil:
		case now != t.empty:
			t.out.Why = "the content of a file that two commands write at once"
			m.emptied(at, t)
		default:
			delete(m.World.Over, t.place)
			if t.before != nil {
				m.World.Over[t.place] = t.before
			}
		}
		m.flush(t, at)
	}
}

// emptied records that the shell emptied a file before a command within wrote it.
func (m *Machine) emptied(at scriptchanges.Spot, t *target) {
	if t.place.Disk != scriptfiles.InTree {
		return
	}
	was := t.before
	if was == nil {
		was = m.World.Upstream(t.place.Name)
	}
	e := &scriptchanges.Effect{Kind: scriptchanges.Replaced, Line: at.Line, Text: at.Text, In: at.In,
		Files: []scriptchanges.Written{{Name: t.place.Name, Before: alive(was), After: t.empty}}}
	m.Log.Effects = slices.Insert(m.Log.Effects, min(t.effects, len(m.Log.Effects)), e)
}

// redirect turns one redirection into what the command reads and writes. The command does not run where a file cannot
// be opened.
func (m *Machine) redirect(r *syntax.Redirect, at scriptchanges.Spot) (t *target, opened bool) {
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		doc := Stream{}
		if r.Hdoc != nil {
			body, quoted := bash.HereDocument(r)
			if doc = m.document(body); quoted {
				doc = Stream{Data: []byte(body.Lit())}
			}
		}
		m.In = &doc
	case syntax.WordHdoc:
		w := m.literal(r.Word)
		m.In = &Stream{Data: []byte(w.Text + "\n"), Why: w.Doubt()}
	case syntax.RdrIn:
		if p, isProcess := bash.ProcessOf(r.Word); isProcess {
			m.In = m.printedBy(p)
			return nil, true
		}
		w := m.literal(r.Word)
		if r.N != nil && r.N.Value != "0" {
			m.fds = maps.Clone(m.fds)
			if m.fds == nil {
				m.fds = map[string]*Stream{}
			}
			m.fds[r.N.Value] = m.Input(w)
			return nil, true
		}
		m.In = m.Input(w)
		m.In.Name = w.Text
	case syntax.DplIn:
		if m.In = m.fds[m.literal(r.Word).Text]; m.In == nil || r.N != nil {
			m.In = &Stream{Why: "what another descriptor has"}
		}
	case syntax.RdrInOut:
		m.In = &Stream{Why: "what another file has"}
		if p, known := m.Place(m.literal(r.Word).Text, true); known && p.Disk == scriptfiles.InTree {
			m.Doubt(at, p, "a command may write to it through <>")
			m.Undecided(at, "not expressible: the import does not follow the redirection <>")
		}
	case syntax.DplOut:
		m.duplicate(bash.Descriptor(r), m.literal(r.Word).Text)
	case syntax.RdrOut, syntax.RdrClob, syntax.AppOut, syntax.RdrAll, syntax.AppAll:
		return m.output(r, at)
	}
	return nil, true
}

// mayFail is why it is not known whether a file can be opened to be read: it is a connection, or not here, though its
// owner may have it. Where it cannot be opened, the command does not run.
func (m *Machine) mayFail(r *syntax.Redirect) string {
	if r.Op != syntax.RdrIn && r.Op != syntax.RdrInOut {
		return ""
	}
	if _, isProcess := bash.ProcessOf(r.Word); isProcess {
		return ""
	}
	w := m.literal(r.Word)
	if strings.HasPrefix(w.Text, "/dev/tcp/") || strings.HasPrefix(w.Text, "/dev/udp/") {
		return "whether there is a network"
	}
	if strings.HasPrefix(w.Text, "/dev/") || r.Op == syntax.RdrInOut {
		return ""
	}
	if p, known := m.Source(w.Text); !known || !m.World.Exists(p) {
		return "whether there is " + placeholder.Shown(w.Text)
	}
	return ""
}

// printedBy is what a process substitution prints.
func (m *Machine) printedBy(p *syntax.ProcSubst) *Stream {
	out := &Stream{}
	m.Subshell(func(sub *Machine) {
		sub.Out = out
		sub.Stmts(p.Stmts)
	})
	return out
}

// duplicate is N>&M.
func (m *Machine) duplicate(from, to string) {
	switch {
	case from == "1" && to == "2":
		m.Out = m.err
	case from == "2" && to == "1":
		m.err = m.Out
	case from == "1" && to == "-":
		m.Out = nil
	case from == "2" && to == "-":
		m.err = nil
	case from == "1" && to != "1":
		if m.Out != nil {
			m.Out.Why = "what another descriptor takes"
		}
		m.Out = nil
	}
}

// Input is a file as what a command reads.
func (m *Machine) Input(w Word) *Stream {
	if w.Text == "/dev/null" {
		return &Stream{}
	}
	p, known := m.Source(w.Text)
	if !known {
		return &Stream{Why: m.Doubtful(w)}
	}
	f := m.World.Read(p)
	if m.Reads != nil {
		m.Reads[p] = true
	}
	switch {
	case f == nil:
		return &Stream{Why: m.World.Shown(p) + ", which is not here"}
	case f.Why != "":
		return &Stream{Why: f.Doubt()}
	case m.Out != nil && m.Out.End == p && p.Name != "":
		return &Stream{Why: "a file that a command reads while it writes to it"}
	}
	return &Stream{Data: f.Data, from: p}
}

// flush writes what a command printed.
func (m *Machine) flush(t *target, at scriptchanges.Spot) {
	if strings.HasPrefix(t.name, "/dev/") {
		return
	}
	if t.why != "" {
		m.Unclear(at, t.why)
		return
	}
	if m.HeldLine != 0 {
		m.held(at)
		return
	}
	if m.World.IsFolder(t.place) {
		m.Undecided(at, "not expressible: %s is a folder", m.World.Shown(t.place))
		return
	}
	old := m.World.Read(t.place)
	if t.append && old != nil && old.Why != "" {
		m.Undecided(at, "%s is uncertain: %s", m.World.Shown(t.place), old.Doubt())
		return
	}
	if t.append && old != nil && len(old.Data)+len(t.out.Data) > MaxOutput {
		t.out.Why = "a file that is too long"
	}
	if m.piped[t.place] {
		t.out.Why = "whether a pipe reads " + m.World.Shown(t.place) + " before it writes it"
	}
	if t.out.Why == "" && t.out.Free && t.place.Disk == scriptfiles.InTree {
		t.out.Why = "the order in which a disk lists files"
	}
	if t.out.Why == "" && placeholder.In(string(t.out.Data)) {
		t.out.Why = Word{Text: string(t.out.Data)}.Doubt()
	}
	if t.out.Why != "" {
		if t.place.Disk == scriptfiles.InTree {
			m.Unclear(at, t.out.Why)
		}
		m.Doubt(at, t.place, t.out.Why)
		return
	}
	m.save(at, t.place, t.out.Data, t.append)
}

// save writes a text to a file, or to its end.
func (m *Machine) save(at scriptchanges.Spot, p scriptfiles.Place, data []byte, toEnd bool) {
	f := &scriptfiles.File{Data: data, Mode: m.World.ModeOf(p)}
	kind := scriptchanges.Replaced
	if old := m.World.Read(p); toEnd && old != nil {
		f.Data = append(append([]byte{}, old.Data...), data...)
		if kind = scriptchanges.Edited; p.Disk == scriptfiles.InTree && old.Mode == 0 {
			kind = scriptchanges.Replaced
		}
	}
	m.Put(at, &scriptchanges.Effect{Kind: kind}, map[scriptfiles.Place]*scriptfiles.File{p: f}, []scriptfiles.Place{p})
}
