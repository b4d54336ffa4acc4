package scriptfiles

import (
	"context"

	"github.com/howdah/howdah/internal/tree"
)

// Tree is the tree as the script leaves it, without what is uncertain.
func (w *World) Tree(ctx context.Context) (*tree.Tree, error) {
	files := map[string]*tree.File{}
	for p, f := range w.Over {
		if p.Disk != InTree || f.Folder || f.Scratch {
			continue
		}
		old := w.Upstream(p.Name)
		switch {
		case f.Gone && old != nil:
			files[p.Name] = nil
		case !f.Gone && f.Data == nil && f.Why != "" && old == nil: // uncertain, and nothing was there
		case !f.Gone:
			files[p.Name] = &tree.File{Mode: f.Mode, Data: f.Data}
		}
	}
	if w.Err != nil {
		return nil, w.Err
	}
	return w.Pinned.With(ctx, files)
}
