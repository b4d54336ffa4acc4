package script

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// target is a file that a command's output goes to.
type target struct {
	name   string
	place  place
	append bool
	why    string // not "": which file is not known
	out    *stream
}

// redirected runs something with its input and output where the statement leads them, and writes the files.
func (m *machine) redirected(s *syntax.Stmt, at spot, fn func()) {
	in, out := m.in, m.out
	var targets []*target
	for _, r := range s.Redirs {
		if t := m.redirect(r, at); t != nil {
			targets = append(targets, t)
		}
	}
	fn()
	m.in, m.out = in, out
	for _, t := range targets {
		m.flush(t, at)
	}
}

// redirect turns one redirection into what the command reads and writes.
func (m *machine) redirect(r *syntax.Redirect, at spot) *target {
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		doc := stream{}
		if r.Hdoc != nil {
			doc = m.hereDocument(r)
		}
		m.in = &doc
	case syntax.WordHdoc:
		w := m.literal(r.Word)
		m.in = &stream{[]byte(w.s + "\n"), w.doubt()}
	case syntax.RdrIn:
		w := m.literal(r.Word)
		m.in, m.inFrom = m.input(w), w.s
	case syntax.DplIn, syntax.RdrInOut:
		m.in = &stream{why: "what another file has"}
	case syntax.DplOut:
		w := m.literal(r.Word)
		if fd(r) == "1" && w.s == "2" {
			m.out = nil
		}
	case syntax.RdrOut, syntax.RdrClob, syntax.AppOut, syntax.RdrAll, syntax.AppAll:
		w := m.literal(r.Word)
		if fd(r) != "1" && r.Op != syntax.RdrAll && r.Op != syntax.AppAll {
			return nil // standard error, which nothing of the tree is made of
		}
		t := &target{name: w.s, append: r.Op == syntax.AppOut || r.Op == syntax.AppAll, out: &stream{}}
		var found bool
		if t.place, found = m.place(w.s, true); !found || w.why != "" && !startsMarked(w.s) {
			t.why = w.doubt()
		}
		m.out = t.out
		return t
	}
	return nil
}

// hereDocument is the text of a here-document; with quotes around its end nothing in it is expanded.
func (m *machine) hereDocument(r *syntax.Redirect) stream {
	body := r.Hdoc
	if r.Op == syntax.DashHdoc {
		stripped := &syntax.Word{}
		atStart := true
		for _, part := range body.Parts {
			if lit, isLit := part.(*syntax.Lit); isLit {
				one := *lit
				one.Value = withoutTabs(lit.Value, atStart)
				part = &one
				atStart = strings.HasSuffix(lit.Value, "\n")
			} else {
				atStart = false
			}
			stripped.Parts = append(stripped.Parts, part)
		}
		body = stripped
	}
	for _, part := range r.Word.Parts {
		lit, isLit := part.(*syntax.Lit)
		if !isLit || strings.Contains(lit.Value, `\\`) {
			return stream{data: []byte(body.Lit())}
		}
	}
	return m.document(body)
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
	switch {
	case f == nil:
		return &stream{why: m.world.shown(p) + ", which is not here"}
	case f.why != "":
		return &stream{why: m.certain(f)}
	}
	return &stream{data: f.data}
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
