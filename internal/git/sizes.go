package git

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// Sizes returns the lengths of blobs without reading them; missing ones are fetched in one batch where the repository
// knows from where.
func (r *Repo) Sizes(ctx context.Context, ids []tree.ID) (map[tree.ID]int64, error) {
	out := make(map[tree.ID]int64, len(ids))
	missing, err := r.sizes(ctx, ids, out)
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
			if out[tree.ID(parts[0])], err = strconv.ParseInt(parts[2], 10, 64); err != nil {
				return nil, fmt.Errorf("reading object sizes: %w", err)
			}
		default:
			return nil, fmt.Errorf("reading object sizes: unexpected answer %q", line)
		}
	}
	return missing, nil
}
