package apply

import (
	"context"

	"github.com/howdah/howdah/internal/series"
)

// later has the changes whose files a later change also names.
type later struct {
	known bool
	read  map[*series.Change]bool
}

// read reports whether a later change may read what this change does to the tree.
func (r *Run) read(c *series.Change) bool { return !r.in.Brief || !r.later.known || r.later.read[c] }

// lookLater finds the changes that share a path with a later one, or a folder where the other has a file.
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
