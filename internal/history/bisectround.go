package history

import (
	"context"
	"maps"
	"runtime"

	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// state returns the state with this index; its key is computed only here.
func (h *bisection) state(ctx context.Context, n int) (state, error) {
	s := state{first: h.starts[n], last: len(h.explainer.walker.line) - 1}
	if n+1 < len(h.starts) {
		s.last = h.starts[n+1] - 1
	}
	root := h.explainer.walker.line[s.first].Tree
	files, err := mainline.ReadFiles(ctx, tree.At(h.explainer.reader.src, root), h.explainer.walker.paths())
	s.key = files.Key()
	return s, err
}

// nextStates returns the state to which each search goes next, none where it is at its end. It reads the folders of all
// of them together.
func (r *reader) nextStates(ctx context.Context, searches []*bisection) ([][]state, error) {
	at, next := make([]int, len(searches)), make([][]state, len(searches))
	var folders []mainline.Wanted
	for i, h := range searches {
		if at[i] = h.next(); at[i] >= 0 {
			w := h.explainer.walker
			folders = append(folders, mainline.Wanted{Roots: []tree.ID{w.line[h.starts[at[i]]].Tree}, Paths: w.paths()})
		}
	}
	if err := r.src.ReadFolders(ctx, folders...); err != nil {
		return nil, err
	}
	for i, h := range searches {
		if at[i] < 0 {
			continue
		}
		one, err := h.state(ctx, at[i])
		if err != nil {
			return nil, err
		}
		next[i] = []state{one}
	}
	return next, nil
}

// round takes each search one state further, and fetches the files for all of them at once.
func (r *reader) round(ctx context.Context, searches []*bisection) error {
	next, err := r.nextStates(ctx, searches)
	if err != nil {
		return err
	}
	blobs := map[tree.ID]bool{}
	for i, h := range searches {
		if next[i] == nil {
			continue
		}
		r.halved += h.explainer.weight()
		some, err := h.explainer.walker.ahead(ctx, next[i], h.explainer.walker.open(next[i]))
		if err != nil {
			return err
		}
		maps.Copy(blobs, some)
		err = r.arrived(ctx, h.explainer.settings, h.one.outcome, h.explainer.walker.line[next[i][0].first].Tree, blobs)
		if err != nil {
			return err
		}
	}
	if err := r.src.Bring(ctx, blobs); err != nil {
		return err
	}
	group, within := goroutine.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, h := range searches {
		if next[i] == nil {
			h.finish()
			continue
		}
		group.Go(func() error { return h.try(within, next[i]) })
	}
	err = group.Wait()
	r.src.Forget(keptBlobs)
	return err
}
