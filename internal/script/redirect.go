package script

import (
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// target is a file that a command's output goes to.
type target struct {
	name    string
	place   place
	append  bool
	why     string // not "": which file is not known
	out     *stream
	empty   *file // what the shell made of the file before the command began
	before  *file // that lay over upstream's
	opened  bool  // its end is written to
	effects int   // that were recorded before
}

// redirected runs something with its input and output where the statement leads them, and writes the files.
func (m *machine) redirected(s *syntax.Stmt, at spot, fn func()) {
	in, out, err, fds := m.in, m.out, m.err, m.fds
	var targets []*target
	if c, isCall := s.Cmd.(*syntax.CallExpr); isCall && len(s.Redirs) > 0 && len(c.Args) > 0 {
		m.expanded = m.fields(c.Args) // the shell expands a simple command before it opens files
	}
	runs := true
	for _, r := range s.Redirs {
		t, opened := m.redirect(r, at)
		if t != nil {
			targets = append(targets, t)
		}
		if runs = opened; !runs {
			m.status, m.expanded = failed, nil
			break
		}
	}
	if m.in != nil && m.out != nil && m.in.from == m.out.end && m.in.from.name != "" {
		m.in = &stream{why: "what a command reads at whose end it writes"}
	}
	if runs {
		fn()
	}
	if keepsInput(s) {
		in, fds = m.in, m.fds
	}
	m.in, m.out, m.err, m.fds = in, out, err, fds
	for _, t := range targets {
		switch now := m.world.over[t.place]; {
		case t.empty == nil && t.opened && now != t.before:
			t.out.why = "what becomes of a file that a command within writes too"
		case t.empty == nil:
		case now != t.empty:
			t.out.why = "what becomes of a file that a command within writes too"
			m.emptied(at, t)
		default:
			delete(m.world.over, t.place)
			if t.before != nil {
				m.world.over[t.place] = t.before
			}
		}
		m.flush(t, at)
	}
}

// emptied records that the shell emptied a file before a command within wrote it.
func (m *machine) emptied(at spot, t *target) {
	if t.place.disk != inTree {
		return
	}
	was := t.before
	if was == nil {
		was = m.world.upstream(t.place.name)
	}
	e := &effect{kind: replaced, line: at.line, text: at.text, files: []written{{t.place.name, alive(was), t.empty}}}
	m.log.effects = slices.Insert(m.log.effects, min(t.effects, len(m.log.effects)), e)
}

// keepsInput says that a statement is exec without a command, whose redirections are the shell's own from then on.
func keepsInput(s *syntax.Stmt) bool {
	c, isCall := s.Cmd.(*syntax.CallExpr)
	return isCall && len(c.Args) == 1 && c.Args[0].Lit() == "exec"
}

// redirect turns one redirection into what the command reads and writes. The command does not run where a file cannot
// be opened.
func (m *machine) redirect(r *syntax.Redirect, at spot) (t *target, opened bool) {
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		doc := stream{}
		if r.Hdoc != nil {
			doc = m.hereDocument(r)
		}
		m.in = &doc
	case syntax.WordHdoc:
		w := m.literal(r.Word)
		m.in = &stream{data: []byte(w.s + "\n"), why: w.doubt()}
	case syntax.RdrIn:
		if p, isProcess := processOf(r.Word); isProcess {
			m.in = m.printedBy(p)
			return nil, true
		}
		w := m.literal(r.Word)
		if r.N != nil && r.N.Value != "0" {
			m.fds = maps.Clone(m.fds)
			if m.fds == nil {
				m.fds = map[string]*stream{}
			}
			m.fds[r.N.Value] = m.input(w)
			return nil, true
		}
		m.in, m.inFrom = m.input(w), w.s
	case syntax.DplIn:
		if m.in = m.fds[m.literal(r.Word).s]; m.in == nil || r.N != nil {
			m.in = &stream{why: "what another descriptor has"}
		}
	case syntax.RdrInOut:
		m.in = &stream{why: "what another file has"}
	case syntax.DplOut:
		m.duplicate(fd(r), m.literal(r.Word).s)
	case syntax.RdrOut, syntax.RdrClob, syntax.AppOut, syntax.RdrAll, syntax.AppAll:
		return m.output(r, at)
	}
	return nil, true
}

// processOf is the process substitution that a word is.
func processOf(w *syntax.Word) (*syntax.ProcSubst, bool) {
	if w == nil || len(w.Parts) != 1 {
		return nil, false
	}
	p, isProcess := w.Parts[0].(*syntax.ProcSubst)
	return p, isProcess && p.Op == syntax.CmdIn
}

// printedBy is what a process substitution prints.
func (m *machine) printedBy(p *syntax.ProcSubst) *stream {
	out := &stream{}
	m.subshell(func(sub *machine) {
		sub.out = out
		sub.stmts(p.Stmts)
	})
	return out
}

// duplicate is N>&M.
func (m *machine) duplicate(from, to string) {
	switch {
	case from == "1" && to == "2":
		m.out = m.err
	case from == "2" && to == "1":
		m.err = m.out
	case from == "1" && to == "-":
		m.out = nil
	case from == "2" && to == "-":
		m.err = nil
	case from == "1" && to != "1":
		if m.out != nil {
			m.out.why = "what another descriptor takes"
		}
		m.out = nil
	}
}

// fd is the descriptor that a redirection of output is for.
func fd(r *syntax.Redirect) string {
	if r.N == nil {
		return "1"
	}
	return r.N.Value
}

// withoutTabs takes the tabs away that lines begin with.
func withoutTabs(s string, atStart bool) string {
	lines := strings.SplitAfter(s, "\n")
	for i := range lines {
		if i > 0 || atStart {
			lines[i] = strings.TrimLeft(lines[i], "\t")
		}
	}
	return strings.Join(lines, "")
}

func startsMarked(s string) bool { return strings.HasPrefix(strings.TrimPrefix(s, "/"), opened) }

// input is a file as what a command reads.
func (m *machine) input(w word) *stream {
	if w.s == "/dev/null" {
		return &stream{}
	}
	p, known := m.place(w.s, false)
	if !known {
		return &stream{why: w.doubt()}
	}
	f := m.world.read(p)
	if m.reads != nil {
		m.reads[p] = true
	}
	switch {
	case f == nil:
		return &stream{why: m.world.shown(p) + ", which is not here"}
	case f.why != "":
		return &stream{why: m.certain(f)}
	case m.out != nil && m.out.end == p && p.name != "":
		return &stream{why: "what a command reads at whose end it writes"}
	}
	return &stream{data: f.data, from: p}
}

// flush writes what a command printed.
func (m *machine) flush(t *target, at spot) {
	if strings.HasPrefix(t.name, "/dev/") {
		return
	}
	if t.why != "" {
		m.unclear(at, t.why)
		return
	}
	if m.heldLine != 0 {
		m.held(at)
		return
	}
	if m.world.isFolder(t.place) {
		m.undecided(at, "not expressible: %s is a folder", m.world.shown(t.place))
		return
	}
	old := m.world.read(t.place)
	if t.append && old != nil && old.why != "" {
		m.undecided(at, "%s is uncertain: %s", m.world.shown(t.place), m.certain(old))
		return
	}
	if m.piped[t.place] {
		t.out.why = "whether a pipe reads " + m.world.shown(t.place) + " before it writes it"
	}
	if t.out.why == "" && t.out.free && t.place.disk == inTree {
		t.out.why = "the order in which a disk lists files"
	}
	if t.out.why == "" && isMarked(string(t.out.data)) {
		t.out.why = word{s: string(t.out.data)}.doubt()
	}
	if t.out.why != "" {
		if t.place.disk == inTree {
			m.unclear(at, t.out.why)
		}
		m.doubt(at, t.place, t.out.why)
		return
	}
	m.save(at, t.place, t.out.data, t.append)
}

// save writes a text to a file, or to its end.
func (m *machine) save(at spot, p place, data []byte, toEnd bool) {
	f := &file{data: data, mode: m.modeOf(p)}
	kind := replaced
	if old := m.world.read(p); toEnd && old != nil {
		f.data = append(append([]byte{}, old.data...), data...)
		if kind = edited; p.disk == inTree && old.mode == 0 {
			kind = replaced
		}
	}
	m.put(at, &effect{kind: kind}, map[place]*file{p: f}, []place{p})
}
