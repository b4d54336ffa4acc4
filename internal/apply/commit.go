package apply

import (
	"context"
	"maps"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
	"github.com/howdah/howdah/internal/verdict"
)

// patch applies a patch, and each commit of one with several after those before it: a file that fits directly, the
// others three-way.
func (r *Run) patch(ctx context.Context, c *series.Change, t *tree.Tree, j *judgement) error {
	r.search.Begin(maxSearch)
	for rest := c.Patch.Files; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(f *diff.File) bool { return f.Part != rest[0].Part })
		if n < 0 {
			n = len(rest)
		}
		one := commit{rest[:n], maps.Clone(j.files)}
		if ended, err := r.applyCommit(ctx, c, view{t, j}, one); ended || err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// commit is one commit of a patch. Its renames and copies refer to the files before it.
type commit struct {
	files  []*diff.File
	before map[string]*tree.File // what the commits before it wrote
}

// lookup returns a file as it was before the commit.
func (of commit) lookup(ctx context.Context, v view, name string) (*tree.File, *fault.Error, error) {
	v.j.reads[name] = true
	if f, ok := of.before[name]; ok {
		return f, nil, nil
	}
	return original(ctx, v.tree, name)
}

// vacates reports whether the commit renames the file at a path. git removes it before it writes anything.
func (of commit) vacates(name string) bool {
	return slices.ContainsFunc(of.files, func(f *diff.File) bool { return f.Rename && f.OldName == name })
}

// writes reports whether the commit writes a file at a path.
func (of commit) writes(name string) bool {
	return slices.ContainsFunc(of.files, func(f *diff.File) bool { return f.NewName == name })
}

// applyCommit applies the files of one commit of a patch, and reports whether those behind it change nothing any more.
func (r *Run) applyCommit(ctx context.Context, c *series.Change, v view, with commit) (ended bool, err error) {
	j := v.j
	var misfits []misfit
	asked := false
	for _, f := range with.files {
		m, err := r.direct(ctx, c, v, f, with)
		if err != nil || r.cost.over() || j.overfull() {
			return true, err // judge refuses it
		}
		if m != nil {
			m.file = f
			j.tried(*m)
			misfits = append(misfits, *m)
			if r.in.Hasty && m.verdict == verdict.Gone && !asked {
				asked = true
				if lost, err := r.lost(ctx, c, j, *m); lost || err != nil {
					return true, err
				}
			}
		}
	}
	if len(misfits) == 0 || j.verdict == verdict.Refused {
		return false, nil
	}
	s, err := r.sides(ctx, c)
	if err != nil {
		return true, err
	}
	if r.in.Hasty {
		misfits = cheapestFirst(misfits, s)
	}
	for i, m := range misfits {
		if r.cost.over() {
			return true, nil // judge refuses it
		}
		if r.in.Hasty && j.verdict.Fails() { // the other files cannot change that
			j.searches += countGone(misfits[i:], s)
			return true, nil
		}
		one, ok := s.byFile[m.file]
		switch m.tangled = ok && with.tangled(m.file); {
		case !ok, m.tangled:
			err = r.baseless(ctx, c, v, m)
		case m.file.Copy:
			err = r.mergeCopy(ctx, c, v, one, with)
		default:
			err = r.merge(ctx, c, v, s, one)
		}
		if err != nil {
			return true, err
		}
	}
	return false, nil
}

// tangled reports whether another file of the commit writes a path of this one, so that a merge of it replaces what the
// other wrote. Edits one after the other are merged in turn.
func (of commit) tangled(f *diff.File) bool {
	writes := func(f *diff.File, name string) bool {
		return name != "" && (f.NewName == name || f.OldName == name && !f.Copy)
	}
	edits := func(f *diff.File) bool { return f.OldName == f.NewName }
	return slices.ContainsFunc(of.files, func(other *diff.File) bool {
		return other != f && !(edits(f) && edits(other)) &&
			(writes(f, other.NewName) || !other.Copy && writes(f, other.OldName))
	})
}

// mergeCopy copies a file that does not fit: what the change does to the copy is merged with the file as it is now.
func (r *Run) mergeCopy(ctx context.Context, c *series.Change, v view, one treediff.FileChange, with commit) error {
	there, refused, err := v.lookup(ctx, one.To)
	if refused != nil {
		v.j.refuse(refused, c)
	}
	if err != nil || refused != nil {
		return err
	}
	if there != nil {
		v.j.occupied(one.To, there, one.Post)
		return nil
	}
	ours, refused, err := with.lookup(ctx, v, one.From)
	switch {
	case refused != nil:
		v.j.refuse(refused, c)
		return nil
	case err != nil:
		return err
	case ours == nil:
		return r.gone(ctx, c, one.From, v.j)
	}
	if merged := r.content(v.j, one.To, ours, one); merged != nil {
		v.j.files[one.To] = merged
	}
	return nil
}
