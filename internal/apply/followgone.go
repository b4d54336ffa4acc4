package apply

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// Follow returns the outcome with the sides of files that the change needs and upstream no longer has, using upstream's
// history: in the file that it was moved to, or with the last content of a deleted file.
func (r *Run) Follow(ctx context.Context, o verdict.Outcome) (verdict.Outcome, error) {
	if o.Verdict != verdict.Gone {
		return o, nil
	}
	j := newJudgement()
	ofFile := map[string][]conflict.Region{}
	for _, u := range o.Unmerged {
		ofFile[u.File] = append(ofFile[u.File], u)
	}
	for i, u := range o.Unmerged {
		if u.Lacks() != "upstream" || u.From != "" || u.Binary() {
			j.unmerged = append(j.unmerged, u)
			continue
		}
		if i > 0 && o.Unmerged[i-1].File == u.File {
			continue // the regions of a file are computed together
		}
		known := len(j.unmerged)
		if err := r.follow(ctx, j, &o, u); err != nil {
			return o, err
		}
		if len(j.unmerged) == known { // nothing new was found
			j.unmerged = append(j.unmerged, ofFile[u.File]...)
		}
	}
	o.Unmerged = j.unmerged
	return o, nil
}

// follow adds the sides of one file, if history has them.
func (r *Run) follow(ctx context.Context, j *judgement, o *verdict.Outcome, u conflict.Region) error {
	if to := o.MovedTo(u.File); to != "" {
		there, refused, err := original(ctx, o.Before, to)
		switch {
		case err != nil || refused != nil || there == nil || diff.IsBinary(there.Data) || !there.Mode.IsRegular():
			return err
		case o.Change.Kind == series.KindEdit:
			r.editsAt(j, o.Change, there.Data, verdict.Move{From: u.File, To: to})
			return nil
		}
		r.shown.AddMoved(&j.unmerged, u, to, there)
		return nil
	}
	i := slices.IndexFunc(o.Went, func(w verdict.Went) bool { return w.File == u.File && w.Was.Valid() })
	if i < 0 || !u.Supposed {
		return nil
	}
	was, err := r.in.Base.Blob(ctx, o.Went[i].Was)
	if err != nil || diff.IsBinary(was) {
		return ctx.Err() // what cannot be read is not shown
	}
	r.shown.AddAtLastContent(&j.unmerged, o.Change, u, was)
	return nil
}

// editsAt records edits of a file that upstream moved, each at the place in the new file where its text is, or that
// is most similar.
func (r *Run) editsAt(j *judgement, c *series.Change, there []byte, m verdict.Move) {
	data := there
	for i := range c.Edits {
		e := c.Edits[i]
		if e.File != m.From {
			continue
		}
		e.File = m.To
		place := r.nearestLines(&e, data)[0]
		if spans, _ := find(&r.near, &e, data); len(spans) > 0 {
			place = placeOf(e.File, data, spans[0][0])
		}
		one := conflict.Region{File: m.To, From: m.From, Line: place.Line, Open: true,
			Base: linesOf(cmp.Or(e.Find, e.Match)), Yours: linesOf(e.Replace)}
		if place.Line > 0 {
			one.Upstream = []string{place.Text}
		}
		j.unmerged = append(j.unmerged, one)
	}
}

// linesOf returns the lines of an edit's text.
func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// followed returns an outcome's change with the paths of its edits replaced by those that upstream moved the files
// to.
func followed(o verdict.Outcome) *series.Change {
	if o.Verdict != verdict.Gone || o.Change.Kind != series.KindEdit {
		return o.Change
	}
	c := *o.Change
	c.Edits = slices.Clone(c.Edits)
	for i := range c.Edits {
		if to := o.MovedTo(c.Edits[i].File); to != "" {
			c.Edits[i].File = to
		}
	}
	return &c
}
