package git

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// PastBlobs lists the contents that a path has had in the history of revs ("--all": every ref), each once. It reads
// trees only, no content.
func (r *Repo) PastBlobs(ctx context.Context, path string, revs ...string) ([]tree.ID, error) {
	args := []string{"log", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-color", "--no-notes", "--format=",
		"--diff-merges=first-parent", "--full-history"}
	out, err := r.Run(ctx, append(append(args, revs...), "--", ":(literal)"+path)...)
	if err != nil {
		return nil, fmt.Errorf("reading the history of %q: %w", path, err)
	}
	var ids []tree.ID
	for field := range strings.SplitSeq(string(out), "\x00") {
		line, ok := strings.CutPrefix(strings.TrimSpace(field), ":")
		if parts := strings.Fields(line); ok && len(parts) == 5 { // modes, contents, what was done
			ids = append(ids, tree.ID(parts[2]), tree.ID(parts[3]))
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.DeleteFunc(ids, func(id tree.ID) bool { return !id.Valid() || strings.Trim(string(id), "0") == "" }), nil
}
