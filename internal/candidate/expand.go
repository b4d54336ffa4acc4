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
	whole  map[string]tree.ID              // what Expand answered
	vain   int                             // contents that upstream was asked for and does not have
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

// mostAsked is how many contents that are not here upstream is asked for in vain: those of another repository's files.
const mostAsked = 8

// Expand tells the whole id of a path's content by its first digits: the path's history up to the pin is looked
// through, then that on all other branches and tags of the mirror. Digits that begin more than one content are none's.
// All digits name a content that is here or that upstream has; after some that it does not have, only one of the path.
func (s *sources) Expand(ctx context.Context, path, digits string) (tree.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := path + "\x00" + digits
	id, known := s.past.whole[key]
	if !known {
		var err error
		if id, err = s.past.expand(ctx, path, digits); err != nil {
			return "", err
		}
		if s.past.whole == nil {
			s.past.whole = map[string]tree.ID{}
		}
		s.past.whole[key] = id
	}
	if id == "" {
		return "", fmt.Errorf("no content of %q, or more than one, begins with the digits %q: %w", path, digits,
			fs.ErrNotExist)
	}
	return id, nil
}

// expand is Expand anew, and "" where the digits are none's.
func (p *pastContents) expand(ctx context.Context, path, digits string) (tree.ID, error) {
	if id := tree.ID(digits); id.Valid() {
		stored, err := p.mirror.Repo.Stored(ctx, id)
		if err != nil || stored {
			return id, err
		}
		if p.vain < mostAsked {
			_, err := p.mirror.Repo.Blob(ctx, id)
			if err == nil || ctx.Err() != nil {
				return id, ctx.Err()
			}
			p.vain++
			return "", nil
		}
	}
	both, err := p.of(ctx, path)
	if err != nil {
		return "", err
	}
	for _, ids := range both {
		var found tree.ID
		for id := range ids {
			switch {
			case !strings.HasPrefix(string(id), digits):
			case found != "":
				return "", nil
			default:
				found = id
			}
		}
		if found != "" {
			return found, nil
		}
	}
	return "", nil
}
