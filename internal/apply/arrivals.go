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

// arrivals are the files that upstream has and a base does not have. Only a few files are looked up in one arrivals,
// so an index would not pay.
type arrivals struct {
	files []tree.Delta
	sized lazy[string, []sized] // by the class of files that are compared with each other, see treediff.Kind
}

// sized is the index of a file, and its length.
type sized struct {
	index int
	blob  renames.Blob
}

// like returns the indexes of the files with this base name, and of those with this content.
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

// added returns the files that upstream has and base does not have.
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

// Arrived returns the contents of the files that head has and base does not have, if their lengths are needed to look
// for a similar text. It leaves out folders that it has looked at for an earlier question.
func (m *Memo) Arrived(ctx context.Context, base, head *tree.Tree) ([]tree.ID, error) {
	came, err := m.begin().came.Unseen(ctx, base, head)
	var out []tree.ID
	for _, d := range came {
		if treediff.Kind(d.Path) == "" {
			out = append(out, d.New.ID)
		}
	}
	return out, err
}

// measure returns the files of a class with their lengths.
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

// sizes caches the lengths of files: over history, the same ones are needed at every commit.
type sizes struct {
	mu    sync.Mutex
	known map[tree.ID]int64
}

// of returns the lengths of a tree's blobs, in the order of ids.
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
