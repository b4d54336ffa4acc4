package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	missing, err := r.lookFor(ctx, ids, func(tree.ID, string, []byte) {})
	if err != nil {
		return nil, fmt.Errorf("looking for objects: %w", err)
	}
	lacking := map[tree.ID]bool{}
	for _, id := range missing {
		lacking[id] = true
	}
	return lacking, nil
}

// sizes asks git for the lengths of blobs, and returns those that it does not have.
func (r *Repo) sizes(ctx context.Context, ids []tree.ID, out map[tree.ID]int64) (missing []tree.ID, err error) {
	for _, id := range ids {
		if !id.Valid() {
			return nil, fmt.Errorf("reading the size of object %q: %w", id, fs.ErrNotExist)
		}
	}
	var wrong error
	missing, err = r.lookFor(ctx, ids, func(id tree.ID, kind string, digits []byte) {
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
	if err = errors.Join(err, wrong); err != nil {
		return nil, fmt.Errorf("reading object sizes: %w", err)
	}
	return missing, nil
}

// lookFor asks git what it has of some objects, calls take for each that is here, and returns the others. What the open
// process lacks may have come since it began, so a new one is asked too.
func (r *Repo) lookFor(
	ctx context.Context, ids []tree.ID, take func(id tree.ID, kind string, digits []byte),
) (missing []tree.ID, err error) {
	missing = slices.Compact(slices.Sorted(slices.Values(ids)))
	for more := true; more && len(missing) > 0; {
		more = r.check.running()
		here := map[tree.ID]bool{}
		err := r.check.readAll(ctx, missing, func(id tree.ID, kind string, digits []byte) {
			here[id] = true
			take(id, kind, digits)
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		missing = slices.DeleteFunc(missing, func(id tree.ID) bool { return here[id] })
		if more && len(missing) > 0 {
			if err := r.check.close(); err != nil {
				return nil, err
			}
		}
	}
	return missing, nil
}
