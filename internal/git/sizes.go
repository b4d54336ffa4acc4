package git

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

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
		if err := r.fetch(ctx, missing); err != nil {
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

// sizes asks git once, and returns those that it does not have.
func (r *Repo) sizes(ctx context.Context, ids []tree.ID, out map[tree.ID]int64) (missing []tree.ID, err error) {
	var in bytes.Buffer
	for _, id := range ids {
		if !id.Valid() {
			return nil, fmt.Errorf("reading the size of object %q: %w", id, fs.ErrNotExist)
		}
		in.WriteString(string(id) + "\n")
	}
	view, err := r.view.open(r.dir)
	if err != nil {
		return nil, err
	}
	var answer bytes.Buffer
	err = command{dir: view, env: localEnv(ctx), stdin: &in, stdout: &answer,
		args: []string{"cat-file", "--batch-check", "--buffer"}}.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading object sizes: %w", err)
	}
	for line := range strings.Lines(answer.String()) {
		parts := strings.Fields(line)
		switch {
		case len(parts) == 2 && parts[1] == "missing":
			missing = append(missing, tree.ID(parts[0]))
		case len(parts) == 3 && parts[1] == "blob":
			size, err := strconv.ParseInt(parts[2], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("reading object sizes: %w", err)
			}
			out[tree.ID(parts[0])] = size
			learn(&r.known, &r.known.sizes, tree.ID(parts[0]), size)
		default:
			return nil, fmt.Errorf("reading object sizes: unexpected answer %q", line)
		}
	}
	return missing, nil
}
