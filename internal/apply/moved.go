package apply

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/renames"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
	"github.com/howdah/howdah/internal/verdict"
)

// moved returns the path to which upstream has moved a file since base (upstream's tree then); "" if it was deleted.
// Pre is the content that the change expects. Without a base, only files with the same name or content are
// considered.
func (r *Run) moved(ctx context.Context, base *tree.Tree, from string, pre *tree.File) (string, error) {
	key := from + "\x00" + string(r.in.Base.Root()) + "\x00"
	if base != nil {
		key += string(base.Root())
		was, refused, err := original(ctx, base, from)
		if err != nil {
			return "", err
		}
		if was != nil && refused == nil {
			pre = was // an earlier change may have altered it
		}
	}
	id := pre.ID()
	return r.memo.moved.get(ctx, key+string(id), func(ctx context.Context) (string, error) {
		added, err := r.added(ctx, base, from, id)
		if err != nil {
			return "", err
		}
		return r.becomes(ctx, source{from, id, pre}, added)
	})
}

// source is a file that upstream no longer has.
type source struct {
	path string
	id   tree.ID
	file *tree.File
}

// wanted is the base name and the content of a file to look for.
type wanted struct {
	name string
	id   tree.ID
}

// like returns the files in a folder of upstream with a wanted base name or content. It caches results by the
// folder's id, since over history most folders stay the same.
func (r *Run) like(ctx context.Context, dir string, id tree.ID, w wanted) ([]tree.Delta, error) {
	found, err := r.memo.like.get(ctx, likeKey{w, id}, func(ctx context.Context) ([]tree.Delta, error) {
		entries, err := r.in.Base.ReadDir(ctx, dir)
		var out []tree.Delta // with paths below dir
		for _, e := range entries {
			switch {
			case e.Mode.IsFolder():
				inner, err := r.like(ctx, path.Join(dir, e.Name), e.ID, w)
				if err != nil {
					return nil, err
				}
				for _, d := range inner {
					out = append(out, tree.Delta{Path: strings.TrimPrefix(d.Path, dir+"/"), New: d.New})
				}
			case e.Mode.IsRegular() && (e.ID == w.id || e.Name == w.name):
				out = append(out, tree.Delta{Path: e.Name, New: e})
			}
		}
		return out, err
	})
	if err != nil || len(found) == 0 || dir == "" {
		return found, err
	}
	out := make([]tree.Delta, len(found))
	for i, d := range found {
		out[i] = tree.Delta{Path: path.Join(dir, d.Path), New: d.New}
	}
	return out, nil
}

type likeKey struct {
	wanted
	folder tree.ID
}

// namesake is the similarity, in percent, from which the only file with the same base name is chosen without
// comparing others, as in git's diffcore-rename.c.
const namesake = 75

// becomes chooses the added file that a source became, as renames.Find does: the same content, or the only one with
// the same base name, or the most similar. It caches the result for each pair, since over history the same ones are
// compared at every commit.
func (r *Run) becomes(ctx context.Context, s source, added *arrivals) (string, error) {
	base := path.Base(s.path)
	named, same := added.like(base, s.id)
	for _, i := range same {
		if path.Base(added.files[i].Path) == base {
			return added.files[i].Path, nil
		}
	}
	if len(same) > 0 {
		return added.files[same[0]].Path, nil
	}
	scores, err := r.alike(ctx, s, added)
	if err != nil {
		return "", err
	}
	if len(named) == 1 && scores[named[0]] >= namesake {
		return added.files[named[0]].Path, nil
	}
	best, most := "", 0
	for _, i := range slices.Sorted(maps.Keys(scores)) {
		name, n := added.files[i].Path, scores[i]
		if n > most || n == most && path.Base(name) == base && path.Base(best) != base {
			best, most = name, n
		}
	}
	return best, nil
}

// alike returns, by index, the similarity in percent of added files with a source, if it is at least half.
func (r *Run) alike(ctx context.Context, s source, added *arrivals) (map[int]int, error) {
	kind := treediff.Kind(s.path)
	comparable, err := added.sized.get(ctx, kind, func(ctx context.Context) ([]sized, error) {
		return r.measure(ctx, added, kind)
	})
	if err != nil {
		return nil, err
	}
	size := int64(len(s.file.Data))
	old := renames.Blob{Name: s.path, Mode: uint32(s.file.Mode), ID: string(s.id), Size: size}
	var near []sized
	for _, one := range comparable {
		if n := one.blob.Size; n >= (size+1)/2 && n <= 2*size {
			near = append(near, one)
		}
	}
	known, err := r.memo.alike.get(ctx, s.id, func(context.Context) (*likenesses, error) {
		return &likenesses{of: map[string]int{}}, nil
	})
	if err != nil {
		return nil, err
	}
	known.mu.Lock()
	defer known.mu.Unlock()
	var fresh []sized
	var ask []tree.ID
	for _, one := range near {
		if _, ok := known.of[one.blob.ID]; ok {
			continue
		}
		fresh = append(fresh, one)
		if !r.memo.pieces.Has(one.blob.ID) {
			ask = append(ask, tree.ID(one.blob.ID))
		}
	}
	if err := r.in.Base.ReadAhead(ctx, ask); err != nil {
		return nil, err
	}
	for _, one := range fresh {
		n, err := r.memo.pieces.Similarity(old, one.blob, func(b renames.Blob) ([]byte, error) {
			if b.ID == old.ID {
				return s.file.Data, nil
			}
			return r.in.Base.Blob(ctx, tree.ID(b.ID))
		})
		if err != nil {
			return nil, err
		}
		known.of[one.blob.ID] = n
	}
	scores := map[int]int{}
	for _, one := range near {
		if n := known.of[one.blob.ID]; n > 0 {
			scores[one.index] = n
		}
	}
	return scores, nil
}

// likenesses is how much each of many files has in common with one, in percent, by its id.
type likenesses struct {
	mu sync.Mutex
	of map[string]int
}

// gone records that a file is missing, and where it went if that is known.
func (r *Run) gone(ctx context.Context, c *series.Change, name string, j *judgement) error {
	if at := (verdict.Place{File: name}); len(j.at) < maxGone && !slices.Contains(j.at, at) {
		j.at = append(j.at, at)
	}
	if r.in.Brief {
		j.worsen(verdict.Gone, name+" is gone")
		return nil
	}
	a, err := r.accepted(ctx, c)
	if err != nil {
		return err
	}
	if a == nil {
		other, err := r.onlyNamesake(ctx, name)
		if other != "" {
			j.reads[other] = true
			j.worsen(verdict.Gone, name+" is gone; the only other file that is called "+path.Base(name)+" is "+other)
		} else {
			j.worsen(verdict.Gone, name+" is gone")
		}
		return err
	}
	pre, _, err := original(ctx, a.base, name)
	if err != nil {
		return err
	}
	to := ""
	if pre != nil {
		if to, err = r.moved(ctx, a.base, name, pre); err != nil {
			return err
		}
	}
	if to == "" {
		j.worsen(verdict.Gone, name+" is gone")
		return nil
	}
	j.worsen(verdict.Gone, name+" was moved to "+to)
	j.moves = append(j.moves, verdict.Move{From: name, To: to})
	j.reads[to] = true
	return nil
}

// onlyNamesake returns the only file with the same base name in another folder; "" if there is none or more than one.
func (r *Run) onlyNamesake(ctx context.Context, name string) (string, error) {
	if strings.HasPrefix(path.Base(name), "index.") {
		return "", nil
	}
	named, err := r.memo.named.get(ctx, r.in.Base.Root(), func(ctx context.Context) (map[string][]string, error) {
		all := map[string][]string{} // by base name
		return all, r.in.Base.Walk(ctx, func(other string, e tree.Entry) error {
			if e.Mode.IsRegular() {
				base := path.Base(other)
				all[base] = append(all[base], other)
			}
			return nil
		})
	})
	if found := named[path.Base(name)]; len(found) == 1 {
		return found[0], err
	}
	return "", err
}
