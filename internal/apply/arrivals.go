package apply

import (
	"context"
	"path"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/renames"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
)

// arrivals are the files that upstream has and a base has not. Few are looked for among those of one state, so that no
// index of them pays.
type arrivals struct {
	files []tree.Delta
	sized lazy[string, []sized] // by the kind of content that is compared with the like only, see treediff.Kind
}

// sized is a file by its index and length.
type sized struct {
	index int
	blob  renames.Blob
}

// like lists the indexes of the files that have a name, without folders, and of those that have a content.
func (a *arrivals) like(name string, id tree.ID) (named, same []int) {
	for i, d := range a.files {
		if d.New.ID == id {
			same = append(same, i)
		}
		if strings.HasSuffix(d.Path, name) && path.Base(d.Path) == name {
			named = append(named, i)
		}
	}
	return named, same
}

// added lists the files that upstream has and base has not.
func (r *Run) added(ctx context.Context, base *tree.Tree, from string, id tree.ID) (*arrivals, error) {
	if base == nil {
		files, err := r.like(ctx, "", r.in.Base.Root(), wanted{path.Base(from), id})
		return &arrivals{files: files}, err
	}
	key := string(base.Root()) + string(r.in.Base.Root())
	return r.memo.added.get(ctx, key, func(ctx context.Context) (*arrivals, error) {
		came, err := r.memo.came.Between(ctx, base, r.in.Base)
		return &arrivals{files: came}, err
	})
}

// Arrived lists the contents of the files that a tree has and a base has not, whose lengths are asked for where a text
// is looked for among them.
func (m *Memo) Arrived(ctx context.Context, base, head *tree.Tree) ([]tree.ID, error) {
	came, err := m.begin().came.Between(ctx, base, head)
	var out []tree.ID
	for _, d := range came {
		if treediff.Kind(d.Path) == "" {
			out = append(out, d.New.ID)
		}
	}
	return out, err
}

// measure lists the files of a kind with their lengths.
func (r *Run) measure(ctx context.Context, a *arrivals, kind string) ([]sized, error) {
	var at []int
	var ids []tree.ID
	for i, d := range a.files {
		if treediff.Kind(d.Path) == kind {
			at, ids = append(at, i), append(ids, d.New.ID)
		}
	}
	lengths, err := r.memo.sizes.of(ctx, r.in.Base, ids)
	if err != nil {
		return nil, err
	}
	out := make([]sized, len(at))
	for n, i := range at {
		d := a.files[i]
		out[n] = sized{i, renames.Blob{Name: d.Path, Mode: uint32(d.New.Mode), ID: string(d.New.ID), Size: lengths[n]}}
	}
	return out, nil
}

// sizes keeps the lengths of files: over history the same ones are asked for at every commit.
type sizes struct {
	mu    sync.Mutex
	known map[tree.ID]int64
}

// of returns the lengths of blobs of a tree, in their order.
func (s *sizes) of(ctx context.Context, t *tree.Tree, ids []tree.ID) ([]int64, error) {
	out := make([]int64, len(ids))
	var ask []tree.ID
	s.mu.Lock()
	for i, id := range ids {
		n, ok := s.known[id]
		if out[i] = n; !ok {
			ask = append(ask, id)
		}
	}
	s.mu.Unlock()
	if len(ask) == 0 {
		return out, nil
	}
	fresh, err := t.Sizes(ctx, ask)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[tree.ID]int64{}
	}
	for _, id := range ask {
		s.known[id] = fresh[id]
	}
	for i, id := range ids {
		out[i] = s.known[id]
	}
	return out, nil
}
