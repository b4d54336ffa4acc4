package upstream

import (
	"context"

	"github.com/howdah/howdah/internal/tree"
)

// Steps returns the trees before and after each of a pull request's own commits, if there are rewritten copies
// between them; otherwise before and after all of them.
func (m *Mirror) Steps(ctx context.Context, p Pull) ([][2]*tree.Tree, error) {
	list := p.Steps
	if len(list) == 0 {
		list = []Step{{Parent: p.Base, Commit: p.Head}}
	}
	out := make([][2]*tree.Tree, len(list))
	for i, step := range list {
		for side, id := range [2]tree.ID{step.Parent, step.Commit} {
			var err error
			if out[i][side], err = m.Repo.At(ctx, id); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
