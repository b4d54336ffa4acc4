package apply

import (
	"bytes"
	"cmp"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
)

// regions notes the regions of a file in conflict, of which one says all that is the same for each. A file has one at
// least, so that nobody misses it; of many files with many regions the first are shown, and the files have all.
func (j *judgement) regions(one Unmerged, conflicts []diff.Conflict) []Unmerged {
	before := len(j.unmerged)
	if one.binary() {
		one.describe()
		conflicts = nil
	}
	if len(conflicts) == 0 {
		j.unmerged = append(j.unmerged, one)
	}
	for i, c := range conflicts {
		if i > 0 && len(j.unmerged) >= maxConflicts {
			break
		}
		one.Line, one.Base, one.Upstream, one.Yours = c.OursLine, texts(c.Base), texts(c.Ours), texts(c.Theirs)
		j.unmerged = append(j.unmerged, one)
	}
	return j.unmerged[before:]
}

// describe shows sides that are no lines by their sizes and ids.
func (u *Unmerged) describe() {
	for i, shown := range []*[]string{&u.Base, &u.Upstream, &u.Yours} {
		if f := u.Sides()[i]; f != nil {
			*shown = []string{fmt.Sprintf("%s, blob %s", plural.Of(len(f.Data), "byte"), tree.BlobID(f.Data).Short())}
		}
	}
}

// lacking notes the sides of a file that upstream or the change has no more: what the other did to it.
func (r *Run) lacking(j *judgement, one Unmerged) {
	base, upstream, yours := one.files[0], one.files[1], one.files[2]
	one.Key = keyOf(base, upstream, yours)
	side := yours
	if side == nil {
		side = upstream
	}
	if side == nil || one.binary() || !side.Mode.IsRegular() {
		j.regions(one, nil)
		return
	}
	var old []byte
	if base != nil {
		old = base.Data
	}
	if r.supposed.charge(len(old)+len(side.Data), 1); r.supposed.over() {
		j.regions(one, nil)
		return
	}
	var conflicts []diff.Conflict
	one.marked, conflicts = diff.Absent(old, side.Data, upstream != nil, markers)
	j.regions(one, conflicts)
}

// fragments notes the sides of a file that upstream does not have, where no more is known than the patch's lines.
func (r *Run) fragments(j *judgement, f *diff.File) {
	base, yours := f.Lines()
	if f.Binary != nil {
		return
	}
	mode := tree.Regular
	if f.OldMode != 0 {
		mode = tree.Mode(f.OldMode)
	}
	one := Unmerged{File: f.OldName, Supposed: true}
	one.files[0], one.files[2] = &tree.File{Mode: mode, Data: base}, &tree.File{Mode: mode, Data: yours}
	r.lacking(j, one)
}

// baselessSides notes the sides of a file of a patch that does not fit what upstream has there, as far as the patch
// itself has them.
func (r *Run) baselessSides(j *judgement, m misfit, there *tree.File) {
	f := m.file
	switch {
	case there == nil:
	case f.Deleted:
		if old, _, ok := f.Known(); ok {
			pre := &tree.File{Mode: there.Mode, Data: old}
			r.lacking(j, Unmerged{File: f.OldName, files: [3]*tree.File{pre, there, nil}})
		}
	case f.OldMode != 0 && (tree.Mode(f.OldMode) == tree.Symlink) != (there.Mode == tree.Symlink):
		old, fresh := f.Lines()
		mode, next := tree.Mode(f.OldMode), tree.Mode(cmp.Or(f.NewMode, f.OldMode))
		j.modes(f.Name(), [3]*tree.File{{Mode: mode, Data: old}, there, {Mode: next, Data: fresh}})
	default:
		r.suppose(j, m, there)
	}
}

// baselessMove judges a patch that moves or copies a file to where upstream has another, if it fits the file.
func (r *Run) baselessMove(ctx context.Context, v view, f *diff.File, there *tree.File) (told bool, err error) {
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

// occupied judges what the change makes of a file at a path at which upstream has another file.
func (j *judgement) occupied(at string, upstream, yours *tree.File) {
	j.parts++
	if upstream.Mode == yours.Mode && bytes.Equal(upstream.Data, yours.Data) {
		return
	}
	j.worsen(Conflict, fmt.Sprintf("upstream has another file at %s", at))
	j.at = append(j.at, Place{File: at})
	told := Unmerged{File: at, Key: keyOf(nil, upstream, yours), files: [3]*tree.File{nil, upstream, yours}}
	if told.binary() || !upstream.Mode.IsRegular() || !yours.Mode.IsRegular() {
		j.regions(told, nil)
		return
	}
	told.marked = diff.Marked(nil, upstream.Data, yours.Data, diff.Diff3, markers)
	_, conflicts := diff.Merge(nil, upstream.Data, yours.Data)
	j.regions(told, conflicts)
}

// modes notes the sides of a file that all have another mode, or are of another kind.
func (j *judgement) modes(at string, sides [3]*tree.File) {
	one := Unmerged{File: at, Key: keyOf(sides[0], sides[1], sides[2]), files: sides, whole: true}
	list := [3][]string{}
	for i, f := range sides {
		if f != nil {
			list[i] = []string{"mode " + f.Mode.String()}
		}
	}
	one.Base, one.Upstream, one.Yours = list[0], list[1], list[2]
	j.unmerged = append(j.unmerged, one)
}

// names notes the sides of a file that upstream moved to one place, and the change to another: under each of its names
// the side that has it there, as git does.
func (j *judgement) names(at string, ours *tree.File, one treediff.FileChange) {
	shown := Unmerged{whole: true, Base: []string{one.From}, Upstream: []string{at}, Yours: []string{one.To}}
	for _, side := range []struct {
		name  string
		files [3]*tree.File
	}{{at, [3]*tree.File{nil, ours, nil}}, {one.From, [3]*tree.File{one.Pre, nil, nil}},
		{one.To, [3]*tree.File{nil, nil, one.Post}}} {
		shown.File, shown.files = side.name, side.files
		shown.Key = keyOf(side.files[0], side.files[1], side.files[2])
		j.unmerged = append(j.unmerged, shown)
		shown.Base, shown.Upstream, shown.Yours = nil, nil, nil
	}
}

// editGone judges an edit of a file that upstream does not have any more. The sides are what the edits did to it when
// the lock accepted them, or the texts that they look for and put in their place.
func (r *Run) editGone(ctx context.Context, c *series.Change, name string, j *judgement) error {
	if err := r.gone(ctx, c, name, j); err != nil || r.brief() || j.shows(name) {
		return err
	}
	s, err := r.sides(ctx, c)
	if err != nil {
		return err
	}
	if one, ok := s.of(name); ok && one.From == one.To {
		r.lacking(j, Unmerged{File: name, files: [3]*tree.File{one.Pre, nil, one.Post}})
		return nil
	}
	base, yours := &tree.File{Mode: tree.Regular}, &tree.File{Mode: tree.Regular}
	for i := range c.Edits {
		if e := &c.Edits[i]; e.File == name {
			base.Data = append(base.Data, line(cmp.Or(e.Find, e.Match))...)
			yours.Data = append(yours.Data, line(e.Replace)...)
		}
	}
	r.lacking(j, Unmerged{File: name, Supposed: true, files: [3]*tree.File{base, nil, yours}})
	return nil
}

// line is a text that ends its last line.
func line(text string) string {
	if text == "" || text[len(text)-1] == '\n' {
		return text
	}
	return text + "\n"
}

// shows says whether a file's sides are noted.
func (j *judgement) shows(name string) bool {
	for _, u := range j.unmerged {
		if u.File == name {
			return true
		}
	}
	return false
}

// Lines says that the file in a work tree is to have markers: its sides are lines of text, and not names, modes, links
// or pictures.
func (u Unmerged) Lines() bool {
	if u.whole || u.open || u.binary() {
		return false
	}
	for _, f := range u.files {
		if f != nil && f.Mode != 0 && !f.Mode.IsRegular() {
			return false
		}
	}
	return u.marked != nil || u.files[1] != nil && u.files[2] != nil
}

// Open says that it is an edit of a file that upstream moved, which Begun makes there or leaves to a person.
func (u Unmerged) Open() bool { return u.open }

// Lacks names the side that has no such file, "" where both have it: upstream or yours.
func (u Unmerged) Lacks() string {
	switch {
	case u.whole, u.open:
	case u.files[1] == nil:
		return "upstream"
	case u.files[2] == nil:
		return "yours"
	}
	return ""
}
