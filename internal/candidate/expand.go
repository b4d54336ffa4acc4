package candidate

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/tree"
)

var _ apply.Expander = (*sources)(nil)

// Expand tells the whole id of a path's content by its first digits: the path's history up to the pin is looked
// through, then that on all other branches and tags of the mirror. Digits that begin more than one content are none's.
func (s *sources) Expand(ctx context.Context, path, digits string) (tree.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, rev := range []string{string(s.pin.Commit), "--all"} {
		key := rev + " " + path
		ids, ok := s.past[key]
		if !ok {
			var err error
			if ids, err = s.mirror.Repo.PastBlobs(ctx, path, rev); err != nil {
				return "", err
			}
			s.past[key] = ids
		}
		var found []tree.ID
		for _, id := range ids {
			if strings.HasPrefix(string(id), digits) {
				found = append(found, id)
			}
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], nil
		}
		return "", fmt.Errorf("the digits %q begin %d contents of %q: %w", digits, len(found), path, fs.ErrNotExist)
	}
	return "", fmt.Errorf("no content of %q begins with the digits %q: %w", path, digits, fs.ErrNotExist)
}
