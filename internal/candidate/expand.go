package candidate

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

var _ apply.Expander = (*sources)(nil)

// pastContents are the contents that upstream's files have had: of the first few paths that are asked for from a walk
// over the commits that touch the path, of all others from one walk over all commits.
type pastContents struct {
	mirror *upstream.Mirror
	pin    tree.ID
	one    map[string][2]map[tree.ID]bool  // by path, as in all
	all    *[2]map[string]map[tree.ID]bool // up to the pin, and elsewhere in the mirror
}

// mostWalks is how many paths are asked for alone: a walk over all commits takes as long as those of some twenty.
const mostWalks = 8

func (p *pastContents) of(ctx context.Context, path string) (found [2]map[tree.ID]bool, err error) {
	if p.all != nil {
		return [2]map[tree.ID]bool{p.all[0][path], p.all[1][path]}, nil
	}
	found, known := p.one[path]
	if known {
		return found, nil
	}
	if len(p.one) == mostWalks {
		var all [2]map[string]map[tree.ID]bool
		for i, revs := range p.revs() {
			if all[i], err = p.mirror.Repo.AllPastBlobs(ctx, revs...); err != nil {
				return found, err
			}
		}
		p.all, p.one = &all, nil
		return p.of(ctx, path)
	}
	for i, revs := range p.revs() {
		if found[i], err = p.mirror.Repo.PastBlobs(ctx, path, revs...); err != nil {
			return found, err
		}
	}
	if p.one == nil {
		p.one = map[string][2]map[tree.ID]bool{}
	}
	p.one[path] = found
	return found, nil
}

// revs are the history up to the pin, and that on all other branches and tags of the mirror.
func (p *pastContents) revs() [2][]string {
	return [2][]string{{string(p.pin)}, {"--all", "--not", string(p.pin)}}
}

// Expand tells the whole id of a path's content by its first digits: the path's history up to the pin is looked
// through, then that on all other branches and tags of the mirror. Digits that begin more than one content are none's.
func (s *sources) Expand(ctx context.Context, path, digits string) (tree.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	both, err := s.past.of(ctx, path)
	if err != nil {
		return "", err
	}
	for _, ids := range both {
		var found []tree.ID
		for id := range ids {
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
