package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"

	"github.com/howdah/howdah/internal/tree"
)

// Sizes returns the lengths of blobs without reading them; missing ones are fetched in one batch where the repository
// knows from where.
func (r *Repo) Sizes(ctx context.Context, ids []tree.ID) (map[tree.ID]int64, error) {
	out := make(map[tree.ID]int64, len(ids))
	var ask []tree.ID
	for _, id := range ids {
		if size, ok := recall(&r.known, &r.known.sizes, id); ok {
			out[id] = size
			continue
		}
		ask = append(ask, id)
	}
	if len(ask) == 0 {
		return out, nil
	}
	missing, err := r.sizes(ctx, ask, out)
	if err == nil && len(missing) > 0 && r.fetch != nil {
		if err := r.bring(ctx, missing); err != nil {
			return nil, err
		}
		missing, err = r.sizes(ctx, missing, out)
	}
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("reading the size of object %s: %w", missing[0], fs.ErrNotExist)
	}
	return out, err
}

// Absent lists those of some blobs that are not stored here, each once, and reaches no network.
func (r *Repo) Absent(ctx context.Context, ids []tree.ID) ([]tree.ID, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	ask := slices.DeleteFunc(ids, func(id tree.ID) bool {
		_, ok := recall(&r.known, &r.known.sizes, id)
		return ok
	})
	if len(ask) == 0 {
		return nil, nil
	}
	return r.sizes(ctx, ask, map[tree.ID]int64{})
}

// NotStored returns those of some objects, of whatever type, that are not here. It asks for all of them together, and
// reaches no network.
func (r *Repo) NotStored(ctx context.Context, ids []tree.ID) (map[tree.ID]bool, error) {
	lacking := map[tree.ID]bool{}
	for _, id := range ids {
		lacking[id] = true
	}
	for more := true; more && len(lacking) > 0; { // as in sizes
		more = r.check.running()
		err := r.check.readAll(ctx, slices.Sorted(maps.Keys(lacking)),
			func(id tree.ID, _ string, _ []byte) { delete(lacking, id) })
		if more && len(lacking) > 0 && errors.Is(err, fs.ErrNotExist) {
			err = r.check.close()
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("looking for objects: %w", err)
		}
	}
	return lacking, nil
}

// sizes asks git, and returns those that it does not have. What the open process lacks may have come since it began.
func (r *Repo) sizes(ctx context.Context, ids []tree.ID, out map[tree.ID]int64) (missing []tree.ID, err error) {
	missing = slices.Compact(slices.Sorted(slices.Values(ids)))
	for more := true; more && len(missing) > 0; {
		more = r.check.running()
		if missing, err = r.ask(ctx, missing, out); err != nil {
			return nil, err
		}
		if more && len(missing) > 0 {
			err = r.check.close()
		}
	}
	return missing, err
}

// ask asks the open process once.
func (r *Repo) ask(ctx context.Context, ids []tree.ID, out map[tree.ID]int64) (missing []tree.ID, err error) {
	for _, id := range ids {
		if !id.Valid() {
			return nil, fmt.Errorf("reading the size of object %q: %w", id, fs.ErrNotExist)
		}
	}
	var wrong error
	err = r.check.readAll(ctx, ids, func(id tree.ID, kind string, digits []byte) {
		size, err := strconv.ParseInt(string(digits), 10, 64)
		if kind != "blob" {
			err = fmt.Errorf("it is a %s", kind)
		}
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("reading the size of object %s: %w", id, err))
			return
		}
		out[id] = size
		learn(&r.known, &r.known.sizes, id, size)
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err = errors.Join(err, wrong); err != nil {
		return nil, fmt.Errorf("reading object sizes: %w", err)
	}
	return slices.DeleteFunc(ids, func(id tree.ID) bool { _, ok := out[id]; return ok }), nil
}
