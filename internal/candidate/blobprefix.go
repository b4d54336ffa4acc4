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

// pastContents are the versions that upstream's files have had. Those of the first few paths come from walks over the
// commits that touch the path, those of all further paths from one walk over all commits.
type pastContents struct {
	mirror *upstream.Mirror
	pin    tree.ID
	one    map[string][2]map[tree.ID]bool  // by path; the two maps as in all
	all    *[2]map[string]map[tree.ID]bool // by path: the blobs up to the pin, and those elsewhere in the mirror
	whole  map[string]tree.ID              // the answers of Expand
	vain   int                             // number of blobs that upstream was asked for and does not have
	kept   *keptContents                   // the answers of earlier runs; nil: not read yet
	cache  string                          // the folder of their file; "": none
	named  []tree.ID                       // what patches name with all digits

	brought bool             // what patches name was fetched
	lacking map[tree.ID]bool // by what patches name: it was not in the mirror; nil: not asked yet
	fetched int64            // see git.Repo.Fetched, when that was asked
}

// mostWalks is how many paths get a walk of their own: one walk over all commits takes as long as about twenty of
// them.
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

// revs returns the revisions of two walks: the history up to the pin, and that of all other branches and tags of the
// mirror.
func (p *pastContents) revs() [2][]string {
	return [2][]string{{string(p.pin)}, {"--all", "--not", string(p.pin)}}
}

// mostAsked is how many missing blobs upstream may fail to have before it is no longer asked.
const mostAsked = 8

// Expand returns the full id of the blob of a path that starts with digits. It searches the path's history up to the
// pin, then that of all other branches and tags of the mirror. It returns "" if no blob, or more than one, starts
// with them. A full id may also name any blob that is in the mirror or that upstream sends; once upstream has not had
// mostAsked of them, only blobs of the path count.
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

// Expand finds a blob that a path of upstream has had, by its first digits.
func (u Upstream) Expand(ctx context.Context, path, digits string) (tree.ID, error) {
	return u.sources.Expand(ctx, path, digits)
}

// expand is Expand without the memory of earlier answers.
func (p *pastContents) expand(ctx context.Context, path, digits string) (tree.ID, error) {
	if id := tree.ID(digits); id.Valid() {
		stored, err := p.stored(ctx, id)
		if err != nil || stored {
			return id, err
		}
		if p.vain < mostAsked {
			return p.ask(ctx, id)
		}
	}
	if err := p.load(ctx); err != nil {
		return "", err
	}
	key := path + "\x00" + digits
	if id, known := p.kept.IDs[key]; known {
		return id, nil
	}
	id, err := p.search(ctx, path, digits)
	if err == nil {
		p.kept.IDs[key], p.kept.more = id, true
	}
	return id, err
}

// ask asks upstream for a content, unless an earlier run did in vain.
func (p *pastContents) ask(ctx context.Context, id tree.ID) (tree.ID, error) {
	if err := p.load(ctx); err != nil {
		return "", err
	}
	if p.kept.Vain[id] {
		p.vain++
		return "", nil
	}
	_, err := p.mirror.Repo.Blob(ctx, id)
	switch {
	case ctx.Err() != nil:
		return id, ctx.Err()
	case err == nil:
		return id, p.bringNamed(ctx)
	case upstream.IsAbsent(err):
		p.kept.Vain[id], p.kept.more = true, true
	}
	p.vain++
	return "", nil
}

// search looks for a content that starts with digits in the history of a path.
func (p *pastContents) search(ctx context.Context, path, digits string) (tree.ID, error) {
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
