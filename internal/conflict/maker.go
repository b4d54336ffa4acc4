package conflict

import (
	"cmp"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// maxSupposed is how many bytes of the files of a series may get a base that is made of the change's own lines.
// docs/safety.md states this limit.
const maxSupposed = 16 << 20

// Maker makes up the sides that are not known whole, out of a change's own lines, for all changes of a series: within
// maxSupposed, and as far as the search for the places of hunks may go.
type Maker struct {
	search    *diff.Search
	perChange int // lines that a search may compare for one change
	supposed  int // bytes
}

// NewMaker returns a Maker that looks for the places of hunks with search, which others may use too.
func NewMaker(search *diff.Search, perChange int) *Maker {
	return &Maker{search: search, perChange: perChange}
}

// may counts bytes and reports whether maxSupposed still allows them.
func (m *Maker) may(bytes int) bool {
	m.supposed += bytes
	return m.supposed <= maxSupposed
}

// AddMoved adds a file that upstream moved, with the change's lines in the file where upstream has it now.
func (m *Maker) AddMoved(l *List, u Region, to string, there *tree.File) {
	f := diff.Texts(u.File, u.Files[0].Data, u.Files[2].Data)
	if f == nil {
		return
	}
	m.search.Begin(m.perChange)
	s, ok := f.Suppose(there.Data, markers, m.search)
	if !ok && s.Marked == nil {
		return
	}
	base, yours := &tree.File{Mode: there.Mode, Data: s.Base}, &tree.File{Mode: there.Mode, Data: s.Theirs}
	l.Add(Region{File: to, From: u.File, Key: KeyOf(base, there, yours), Nominal: s.Nominal, marked: s.Marked,
		Files: [3]*tree.File{base, there, yours}}, s.Conflicts)
}

// AddAtLastContent adds what a change would have done to the content that a file had last.
func (m *Maker) AddAtLastContent(l *List, c *series.Change, u Region, was []byte) {
	base, yours := &tree.File{Mode: u.Files[0].Mode, Data: was}, &tree.File{Mode: u.Files[2].Mode, Data: was}
	u.marked = nil
	switch c.Kind {
	case series.KindEdit:
		for i := range c.Edits {
			e := &c.Edits[i]
			if e.File != u.File {
				continue
			}
			spans := e.Spans(yours.Data)
			next, refused := e.ReplaceLimited(yours.Data, spans)
			if len(spans) != e.Count || refused != nil {
				return
			}
			yours.Data = next
		}
		u.Supposed = false
	case series.KindPatch:
		i := slices.IndexFunc(c.Patch.Files, func(f *diff.File) bool { return f.OldName == u.File })
		if i < 0 {
			return
		}
		m.search.Begin(m.perChange)
		if m.supposed > maxSupposed { // no lines of it would be shown
			c.Patch.Files[i].Seek(was, m.search)
			return
		}
		s, ok := c.Patch.Files[i].Suppose(was, markers, m.search)
		if !ok && s.Marked == nil {
			return
		}
		base.Data, yours.Data = s.Base, s.Theirs
	default:
		return
	}
	u.Files = [3]*tree.File{base, nil, yours}
	m.AddLacking(l, u)
}

// suppose adds a file whose base is not known: the base is made of the lines of the patch.
func (m *Maker) suppose(l *List, f *diff.File, there *tree.File) {
	if !m.may(len(there.Data)) {
		return
	}
	s, ok := f.Suppose(there.Data, markers, m.search)
	if !ok {
		return
	}
	base, yours := &tree.File{Mode: there.Mode, Data: s.Base}, &tree.File{Mode: there.Mode, Data: s.Theirs}
	l.Add(Region{File: f.Name(), Key: KeyOf(base, there, yours), Files: [3]*tree.File{base, there, yours},
		Supposed: true, Nominal: s.Nominal, marked: s.Marked}, s.Conflicts)
}

// AddLacking adds a file that upstream or the change does not have any more: what the other side did to it.
func (m *Maker) AddLacking(l *List, one Region) {
	base, upstream, yours := one.Files[0], one.Files[1], one.Files[2]
	one.Key = KeyOf(base, upstream, yours)
	side := yours
	if side == nil {
		side = upstream
	}
	if side == nil || one.Binary() || !side.Mode.IsRegular() {
		l.Add(one, nil)
		return
	}
	var old []byte
	if base != nil {
		old = base.Data
	}
	if !m.may(len(old) + len(side.Data)) {
		l.Add(one, nil)
		return
	}
	var conflicts []diff.Conflict
	one.marked, conflicts = diff.Absent(old, side.Data, upstream != nil, markers)
	l.Add(one, conflicts)
}

// AddFragments adds a file that upstream does not have, where only the patch's lines are known of it.
func (m *Maker) AddFragments(l *List, f *diff.File) {
	base, yours := f.Lines()
	if f.Binary != nil {
		return
	}
	mode := tree.Regular
	if f.OldMode != 0 {
		mode = tree.Mode(f.OldMode)
	}
	one := Region{File: f.OldName, Supposed: true}
	one.Files[0], one.Files[2] = &tree.File{Mode: mode, Data: base}, &tree.File{Mode: mode, Data: yours}
	m.AddLacking(l, one)
}

// AddBaseless adds a file of a patch that does not fit what upstream has there, as far as the patch itself has its
// sides. placed says that it was tried where the hunks belong; without that, no base is made up for them.
func (m *Maker) AddBaseless(l *List, f *diff.File, there *tree.File, placed bool) {
	switch {
	case there == nil:
	case f.Deleted:
		if old, _, ok := f.Contents(); ok {
			pre := &tree.File{Mode: there.Mode, Data: old}
			m.AddLacking(l, Region{File: f.OldName, Files: [3]*tree.File{pre, there, nil}})
		}
	case f.OldMode != 0 && (tree.Mode(f.OldMode) == tree.Symlink) != (there.Mode == tree.Symlink):
		old, fresh := f.Lines()
		mode, next := tree.Mode(f.OldMode), tree.Mode(cmp.Or(f.NewMode, f.OldMode))
		l.AddModes(f.Name(), [3]*tree.File{{Mode: mode, Data: old}, there, {Mode: next, Data: fresh}})
	case placed:
		m.suppose(l, f, there)
	}
}
