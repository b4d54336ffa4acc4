package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
	"github.com/howdah/howdah/internal/verdict"
)

// misfit is a file of a patch that does not apply directly.
type misfit struct {
	file    *diff.File
	verdict verdict.Kind
	at      verdict.Place
	message string
	there   []byte      // upstream's content
	trials  diff.Trials // what each of its hunks does
	tangled bool        // another file of its commit writes the same path
}

// lost reports, and records, that a change fails whatever its other files do: upstream lacks the file of a misfit, and
// no base is known for any file, so that no search for where files went has to be counted.
func (r *Run) lost(ctx context.Context, c *series.Change, j *judgement, m misfit) (bool, error) {
	if m.file.Deleted || j.verdict == verdict.Refused {
		return false, nil
	}
	s, err := r.sides(ctx, c)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(s.list, func(one treediff.FileChange) bool { return one.From != "" }) {
		return false, nil
	}
	if _, ok := s.of(m.file.Name()); ok {
		return false, nil
	}
	j.baseless = true
	return true, r.gone(ctx, c, m.file.OldName, j)
}

// cheapestFirst sorts files that upstream may have moved, which are costly to find, behind those that are in place,
// unless one can become the other.
func cheapestFirst(misfits []misfit, s fileChanges) []misfit {
	if s.base == nil {
		return misfits
	}
	var there, rest []misfit
	for _, m := range misfits {
		if m.verdict == verdict.Gone || m.file.New || m.file.Rename || m.file.Copy || m.file.Part > 0 {
			rest = append(rest, m)
		} else {
			there = append(there, m)
		}
	}
	return append(there, rest...)
}

// countGone returns the number of missing files that have a base to look for them with.
func countGone(misfits []misfit, s fileChanges) (n int) {
	for _, m := range misfits {
		if one, ok := s.of(m.file.Name()); ok && one.From != "" && m.verdict == verdict.Gone {
			n++
		}
	}
	return n
}

// baseless judges a file that does not fit and whose base is not known: its change may be there already.
func (r *Run) baseless(ctx context.Context, c *series.Change, v view, m misfit) error {
	j := v.j
	j.parts += max(1, len(m.file.Hunks))
	if m.verdict == verdict.Gone && m.file.Deleted {
		j.idle = append(j.idle, m.at)
		return nil
	}
	if m.verdict == verdict.Gone {
		j.baseless = true
		err := r.gone(ctx, c, m.file.OldName, j)
		if err == nil && !r.brief() {
			r.shown.AddFragments(&j.unmerged, m.file)
		}
		return err
	}
	there, _, err := v.lookup(ctx, m.file.Name())
	if err != nil {
		return err
	}
	done, err := r.alreadyDone(ctx, v, m.file, there)
	if err != nil {
		return err
	}
	if done {
		for range max(1, len(m.file.Hunks)) {
			j.idle = append(j.idle, m.at)
		}
		return nil
	}
	reason := errNoBase.Error()
	if m.tangled {
		reason = "it is not merged, since the patch writes " + m.file.Name() + " twice"
	}
	j.baseless = true
	if there != nil && (m.file.Rename || m.file.Copy) {
		if judged, err := r.baselessMove(ctx, v, m.file, there); judged || err != nil {
			return err
		}
	}
	j.worsen(verdict.Conflict, m.message+"; "+reason)
	j.at = append(j.at, m.at)
	if !r.brief() {
		r.shown.AddBaseless(&j.unmerged, m.file, there, m.there != nil)
	}
	return nil
}

// direct applies one file of a commit at the lines that it names, or returns why it does not fit. The commit's other
// files matter where they rename: git removes what is renamed before it writes anything.
func (r *Run) direct(ctx context.Context, c *series.Change, v view, f *diff.File, with commit) (*misfit, error) {
	j := v.j
	read := v.lookup
	if f.Rename || f.Copy { // git: within one commit, renames and copies refer to the state before it
		read = func(ctx context.Context, name string) (*tree.File, *fault.Error, error) {
			return with.lookup(ctx, v, name)
		}
	}
	var old *tree.File
	if f.New || f.OldName != f.NewName && !f.Deleted {
		there, refused, err := v.lookup(ctx, f.NewName)
		if refused != nil {
			j.refuse(refused.At(c.Patch.Name, f.Line), c)
		}
		if err != nil || refused != nil {
			return nil, err
		}
		if there != nil && !with.vacates(f.NewName) {
			return &misfit{verdict: verdict.Conflict, at: verdict.Place{File: f.NewName},
				message: "upstream has a file at " + f.NewName}, nil
		}
	}
	if !f.New {
		var refused *fault.Error
		var err error
		old, refused, err = read(ctx, f.OldName)
		if refused != nil {
			j.refuse(refused.At(c.Patch.Name, f.Line), c)
		}
		if err != nil || refused != nil {
			return nil, err
		}
		if old == nil {
			return &misfit{verdict: verdict.Gone, at: verdict.Place{File: f.OldName}}, nil
		}
		if was := tree.Mode(f.OldMode); was != 0 && (was == tree.Symlink) != (old.Mode == tree.Symlink) {
			return &misfit{verdict: verdict.Conflict, at: verdict.Place{File: f.OldName},
				message: fmt.Sprintf("%s is %s upstream", f.OldName, safety.Describe(old.Mode))}, nil
		}
	} else {
		old = &tree.File{Mode: tree.Regular}
	}
	r.cost.charge(len(old.Data)+len(f.Hunks)*100, 4)
	made := r.fit(f, old)
	next, placed, err := made.next, made.placed, made.err
	r.cost.charge(made.work, costOfPlacing)
	r.cost.charge(len(next), 1)
	if err != nil {
		m := &misfit{verdict: verdict.Conflict, at: verdict.Place{File: f.Name()}, message: err.Error()}
		if !r.brief() && errors.Is(err, diff.ErrNoPlace) {
			r.try(m, f, old.Data)
		}
		return m, nil
	}
	if i := slices.IndexFunc(placed, func(p diff.Placement) bool { return p.Offset != 0 && p.Ambiguous }); i >= 0 {
		return &misfit{verdict: verdict.Conflict, at: hunkPlace(f.OldName, old.Data, f.Hunks[i], '-'),
			message: fmt.Sprintf("%s: hunk %d moved, and its lines are there more than once", f.OldName, i+1),
			there:   old.Data}, nil
	}
	j.parts += max(1, len(f.Hunks))
	j.offsets(placed)
	if f.Deleted {
		if len(next) > 0 {
			return &misfit{verdict: verdict.Conflict, at: verdict.Place{File: f.OldName},
				message: "the patch removes " + f.OldName + ", which has more lines upstream"}, nil
		}
		return nil, v.remove(ctx, f.OldName)
	}
	mode := old.Mode
	if is := tree.Mode(f.NewMode); is != 0 && is != tree.Mode(f.OldMode) {
		mode = is
	}
	if f.Rename && !with.writes(f.OldName) {
		if err := v.remove(ctx, f.OldName); err != nil {
			return nil, err
		}
	} else if !f.New && !f.Copy && mode == old.Mode && bytes.Equal(next, old.Data) {
		j.idle = append(j.idle, verdict.Place{File: f.OldName})
	}
	if r.fitted != nil {
		r.fitted[f] = fitted{old, next}
	}
	j.write(f.NewName, &tree.File{Mode: mode, Data: next})
	return nil, nil
}

// try records which hunks of a file do not fit, and where they probably belong.
func (r *Run) try(m *misfit, f *diff.File, old []byte) {
	if m.trials = f.Try(old, r.search); m.trials.Wrong == nil {
		return
	}
	wrong := m.trials.Wrong
	m.there, m.at.Line, m.at.Text = old, wrong.Line, string(bytes.TrimRight(wrong.Got, "\r\n"))
	m.message = m.at.File + ": " + wrong.Error()
	if wrong.Nominal {
		m.message += "; that is where the patch says, since where the file is most like it takes too long to find"
	}
}

// remove removes a file from what the change writes: an earlier commit of the same patch may have added it.
func (v view) remove(ctx context.Context, name string) error {
	there, _, err := original(ctx, v.tree, name)
	if err != nil {
		return err
	}
	if v.j.write(name, nil); there == nil {
		delete(v.j.files, name)
	}
	return nil
}
