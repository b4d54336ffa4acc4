package script

import (
	"context"

	"github.com/howdah/howdah/internal/tree"
)

// tree is the tree as the script leaves it, without what is uncertain.
func (w *world) tree(ctx context.Context) (*tree.Tree, error) {
	files := map[string]*tree.File{}
	for p, f := range w.over {
		if p.disk != inTree || f.folder || f.scratch {
			continue
		}
		old := w.upstream(p.name)
		switch {
		case f.gone && old != nil:
			files[p.name] = nil
		case !f.gone && f.data == nil && f.why != "" && old == nil: // uncertain, and nothing was there
		case !f.gone:
			files[p.name] = &tree.File{Mode: f.mode, Data: f.data}
		}
	}
	if w.err != nil {
		return nil, w.err
	}
	return w.pinned.With(ctx, files)
}
