package apply

import (
	"bytes"
	"cmp"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// baselessMove judges a patch without a base that moves or copies a file to a path where upstream has another file,
// if the patch fits the file.
func (r *Run) baselessMove(ctx context.Context, v view, f *diff.File, there *tree.File) (judged bool, err error) {
	old, _, err := original(ctx, v.tree, f.OldName)
	if err != nil || old == nil {
		return false, err
	}
	post, err := applyTo(f, old)
	if err != nil || post == nil {
		return false, nil // what the patch makes of the file is not known
	}
	v.j.occupied(f.NewName, there, post)
	if f.Rename {
		v.j.files[f.OldName] = nil
	}
	return true, nil
}

// occupied records the conflict of a file that the change adds at a path where upstream has another file.
func (j *judgement) occupied(at string, upstream, yours *tree.File) {
	j.parts++
	if upstream.Mode == yours.Mode && bytes.Equal(upstream.Data, yours.Data) {
		return
	}
	j.worsen(verdict.Conflict, fmt.Sprintf("upstream has another file at %s", at))
	j.at = append(j.at, verdict.Place{File: at})
	j.unmerged.AddOccupied(at, upstream, yours)
}

// editGone judges an edit of a file that upstream has removed. The sides of the conflict are what the edits did to it
// when the lock accepted them, or else the texts find and replace.
func (r *Run) editGone(ctx context.Context, c *series.Change, name string, j *judgement) error {
	if err := r.gone(ctx, c, name, j); err != nil || r.brief() || j.unmerged.Has(name) {
		return err
	}
	s, err := r.sides(ctx, c)
	if err != nil {
		return err
	}
	if one, ok := s.of(name); ok && one.From == one.To {
		r.shown.AddLacking(&j.unmerged, conflict.Region{File: name, Files: [3]*tree.File{one.Pre, nil, one.Post}})
		return nil
	}
	base, yours := &tree.File{Mode: tree.Regular}, &tree.File{Mode: tree.Regular}
	for i := range c.Edits {
		if e := &c.Edits[i]; e.File == name {
			base.Data = append(base.Data, line(cmp.Or(e.Find, e.Match))...)
			yours.Data = append(yours.Data, line(e.Replace)...)
		}
	}
	r.shown.AddLacking(&j.unmerged, conflict.Region{File: name, Supposed: true, Files: [3]*tree.File{base, nil, yours}})
	return nil
}

// line returns a text with a line feed at its end.
func line(text string) string {
	if text == "" || text[len(text)-1] == '\n' {
		return text
	}
	return text + "\n"
}
