package apply

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Follow shows the sides of the files that a change lacks as upstream's history leads to them: in the file to which
// upstream moved one, and on the content that a deleted one had last.
func (r *Run) Follow(ctx context.Context, o *Outcome) error {
	if o.Verdict != Gone {
		return nil
	}
	j := newJudgement()
	ofFile := map[string][]Unmerged{}
	for _, u := range o.Unmerged {
		ofFile[u.File] = append(ofFile[u.File], u)
	}
	for i, u := range o.Unmerged {
		if u.Lacks() != "upstream" || u.From != "" || u.binary() {
			j.unmerged = append(j.unmerged, u)
			continue
		}
		if i > 0 && o.Unmerged[i-1].File == u.File {
			continue // a file's regions are made anew all together
		}
		known := len(j.unmerged)
		err := r.follow(ctx, j, o, u)
		if err != nil {
			return err
		}
		if len(j.unmerged) == known { // nothing more is known
			j.unmerged = append(j.unmerged, ofFile[u.File]...)
		}
	}
	o.Unmerged = j.unmerged
	return nil
}

// follow notes the sides of one file, if history leads to it.
func (r *Run) follow(ctx context.Context, j *judgement, o *Outcome, u Unmerged) error {
	if to := o.movedTo(u.File); to != "" {
		there, refused, err := original(ctx, o.Before, to)
		switch {
		case err != nil || refused != nil || there == nil || diff.IsBinary(there.Data) || !there.Mode.IsRegular():
			return err
		case o.Change.Kind == series.KindEdit:
			editsAt(j, o.Change, there.Data, Move{u.File, to})
			return nil
		}
		f := diff.Texts(u.File, u.files[0].Data, u.files[2].Data)
		if f == nil {
			return nil
		}
		r.search.Begin(maxSearch)
		s, ok := f.Suppose(there.Data, markers, r.search)
		if !ok && s.Marked == nil {
			return nil
		}
		base, yours := &tree.File{Mode: there.Mode, Data: s.Base}, &tree.File{Mode: there.Mode, Data: s.Theirs}
		j.regions(Unmerged{File: to, From: u.File, Key: keyOf(base, there, yours), Nominal: s.Nominal, marked: s.Marked,
			files: [3]*tree.File{base, there, yours}}, s.Conflicts)
		return nil
	}
	i := slices.IndexFunc(o.Went, func(w Went) bool { return w.File == u.File && w.Was.Valid() })
	if i < 0 || !u.Supposed {
		return nil
	}
	was, err := r.in.Base.Blob(ctx, o.Went[i].Was)
	if err != nil || diff.IsBinary(was) {
		return ctx.Err() // what cannot be read is not shown
	}
	r.onto(j, o.Change, u, was)
	return nil
}

// onto notes what a change would have done to the content that a file had last.
func (r *Run) onto(j *judgement, c *series.Change, u Unmerged, was []byte) {
	base, yours := &tree.File{Mode: u.files[0].Mode, Data: was}, &tree.File{Mode: u.files[2].Mode, Data: was}
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
		r.search.Begin(maxSearch)
		s, ok := c.Patch.Files[i].Suppose(was, markers, r.search)
		if !ok && s.Marked == nil {
			return
		}
		base.Data, yours.Data = s.Base, s.Theirs
	default:
		return
	}
	u.files = [3]*tree.File{base, nil, yours}
	r.lacking(j, u)
}

// movedTo is where upstream has a file that is gone; "" where it has it no more.
func (o *Outcome) movedTo(name string) string {
	for _, w := range o.Went {
		if w.File == name && w.To != "" {
			return w.To
		}
	}
	for _, m := range o.Moves {
		if m.From == name {
			return m.To
		}
	}
	return ""
}

// editsAt notes edits of a file that upstream moved, each at the place in the file where its text is, or that is most
// like it.
func editsAt(j *judgement, c *series.Change, there []byte, m Move) {
	data := there
	for i := range c.Edits {
		e := c.Edits[i]
		if e.File != m.From {
			continue
		}
		e.File = m.To
		place := nearestLines(&e, data)[0]
		if spans := e.Spans(data); len(spans) > 0 {
			place = placeOf(e.File, data, spans[0][0])
		}
		one := Unmerged{File: m.To, From: m.From, Line: place.Line, open: true,
			Base: linesOf(cmp.Or(e.Find, e.Match)), Yours: linesOf(e.Replace)}
		if place.Line > 0 {
			one.Upstream = []string{place.Text}
		}
		j.unmerged = append(j.unmerged, one)
	}
}

// linesOf are the lines of a text of an edit.
func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// followed is an outcome's change, with its edits of files that upstream moved where upstream has these now.
func followed(o Outcome) *series.Change {
	if o.Verdict != Gone || o.Change.Kind != series.KindEdit {
		return o.Change
	}
	c := *o.Change
	c.Edits = slices.Clone(c.Edits)
	for i := range c.Edits {
		if to := o.movedTo(c.Edits[i].File); to != "" {
			c.Edits[i].File = to
		}
	}
	return &c
}
