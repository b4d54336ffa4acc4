package landed

import (
	"context"
	"errors"
	"io/fs"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// effect is the work of a change whose files are not read yet.
type effect struct {
	change  *series.Change
	work    Work
	a, b    *tree.Tree // what the files are read from; nil where the work has its files
	touched []mainline.Touch
}

func (e *effect) ofPull(ctx context.Context, u mainline.Upstream, in apply.Inputs) error {
	base, head, err := in.Sources.Pull(ctx, e.change)
	if err != nil {
		return err
	}
	if e.work.Since, err = u.Repo.MergeBase(ctx, e.change.Commit, in.Commit); err != nil {
		return err
	}
	e.work.Base = e.work.Since
	return e.between(ctx, base, head)
}

// ofProof is what an upstream commit did.
func (e *effect) ofProof(ctx context.Context, u mainline.Upstream) (err error) {
	e.work.proof = e.change.Commit
	if e.change.Commit == "" {
		return nil
	}
	e.work.Since, err = u.Repo.Resolve(ctx, string(e.change.Commit)+"^1")
	if errors.Is(err, git.ErrNoRevision) {
		return nil
	}
	if err != nil {
		return err
	}
	before, err := u.Repo.At(ctx, e.work.Since)
	if err != nil {
		return err
	}
	after, err := u.Repo.At(ctx, e.change.Commit)
	if err != nil {
		return err
	}
	return e.between(ctx, before, after)
}

// between finds the files that differ between two trees.
func (e *effect) between(ctx context.Context, a, b *tree.Tree) error {
	deltas, err := tree.Compare(ctx, a, b)
	if err != nil {
		return err
	}
	e.a, e.b = a, b
	for _, d := range deltas {
		e.touched = append(e.touched, mainline.Touch{
			Path: d.Path,
			Old:  mainline.Version{Mode: d.Old.Mode, ID: d.Old.ID},
			New:  mainline.Version{Mode: d.New.Mode, ID: d.New.ID},
		})
	}
	return nil
}

// bringAll has the files of upstream's commits fetched in one batch: each would be a fetch and a pack of its own. What
// it cannot fetch is reported by whoever reads it.
func bringAll(ctx context.Context, u mainline.Upstream, effects []effect) {
	blobs := map[tree.ID]bool{}
	for _, e := range effects {
		if e.change.Kind == series.KindLanded {
			addBlobs(blobs, mainline.Commit{Touched: e.touched})
		}
	}
	_ = mainline.NewObjects(u.Repo).Bring(ctx, blobs)
}

// read sets the work's files to the difference of the two trees, file by file.
func (e *effect) read(ctx context.Context) (err error) {
	if e.a == nil {
		return nil
	}
	read := func(id tree.ID) ([]byte, error) {
		data, err := e.a.Blob(ctx, id)
		if errors.Is(err, fs.ErrNotExist) {
			return e.b.Blob(ctx, id)
		}
		return data, err
	}
	if e.work.Files, err = diffTouched(e.touched, read); err == nil {
		e.work.paired, err = paired(e.work.Files, read)
	}
	return err
}
