package apply

import (
	"context"

	"github.com/howdah/howdah/internal/series"
)

// later reports which changes the files are named by others after them.
type later struct {
	known bool
	read  map[*series.Change]bool
}

// read says whether what a change makes of the tree may matter to a change after it.
func (r *Run) read(c *series.Change) bool { return !r.in.Brief || !r.later.known || r.later.read[c] }

// lookLater finds the changes that share a path, or a folder in the place of a file, with one after them.
func (r *Run) lookLater(ctx context.Context) error {
	m, err := r.memo.later.get(ctx, r.s, func(ctx context.Context) (map[*series.Change]bool, error) {
		out := map[*series.Change]bool{}
		exact, below := map[string]bool{}, map[string]bool{}
		for i := len(r.s.Changes) - 1; i >= 0; i-- {
			c := r.s.Changes[i]
			names, err := r.paths(ctx, c)
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				out[c] = out[c] || exact[name] || below[name]
				for dir := range parents(name) {
					out[c] = out[c] || exact[dir]
				}
			}
			for _, name := range names {
				exact[name] = true
				for dir := range parents(name) {
					below[dir] = true
				}
			}
		}
		return out, nil
	})
	r.later = later{err == nil, m}
	return err
}
