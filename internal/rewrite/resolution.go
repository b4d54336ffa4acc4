package rewrite

import (
	"context"
	"errors"
	"io/fs"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Resolved are the resolutions of a change's conflict with which it leads to after, by the file of each below its
// folder of changes; nil when none do, because somebody did more than resolve.
func Resolved(ctx context.Context, s *series.Series, in apply.Inputs, o verdict.Outcome,
	after *tree.Tree) (map[string][]byte, error) {
	kept := series.Resolutions{}
	for name, data := range s.Resolutions {
		kept[name] = data
	}
	files := map[string][]byte{}
	for _, u := range o.Unmerged {
		f, err := fileAt(ctx, after, u.File)
		if err != nil || f == nil {
			return nil, err
		}
		kept[u.Key.Name()], files[u.Key.File()] = f.Data, f.Data
	}
	if len(files) == 0 {
		return nil, nil
	}
	r := apply.NewRun(&series.Series{Changes: s.Changes, Resolutions: kept}, in)
	if same, err := r.Leads(ctx, o.Change, o.Before, after); !same {
		return nil, err
	}
	return files, nil
}

// MarkedFile names a file between two trees in which a conflict's markers, or those of an edit that was not made, stand
// since; "" is none.
func MarkedFile(ctx context.Context, before, after *tree.Tree) (string, error) {
	deltas, err := tree.Compare(ctx, before, after)
	if err != nil {
		return "", err
	}
	for _, d := range deltas {
		if !d.New.Mode.IsRegular() {
			continue
		}
		data, err := after.Blob(ctx, d.New.ID)
		if err != nil {
			return "", err
		}
		if hasOpenEdit(data) {
			return d.Path, nil
		}
		if !series.HasMarkers(data) {
			continue
		}
		var old []byte
		if d.Old.Mode.IsRegular() {
			if old, err = before.Blob(ctx, d.Old.ID); err != nil {
				return "", err
			}
		}
		if !series.HasMarkers(old) {
			return d.Path, nil
		}
	}
	return "", nil
}

// fileAt reads the file at a path of a tree; nil where there is none.
func fileAt(ctx context.Context, t *tree.Tree, name string) (*tree.File, error) {
	e, err := t.Lookup(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case e.Mode == tree.Folder || e.Mode == tree.Submodule:
		return nil, nil
	}
	data, err := t.Blob(ctx, e.ID)
	return &tree.File{Mode: e.Mode, Data: data}, err
}
