package candidate

import (
	"context"
	"errors"
	"sync"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// sources reads what changes take from repositories: pull requests from upstream's mirror, overlays also from mirrors
// of other repositories. It asks for each thing once a run, whether it can be read or not.
type sources struct {
	mirror  *upstream.Mirror
	pin     upstream.Pin
	options upstream.Options // for the other mirrors

	mu      sync.Mutex
	others  map[string]*upstream.Mirror
	paths   map[string][]string // by repository: the paths that the series uses, so that nothing else is fetched
	commits map[string]*tree.Tree
	pulls   map[string][2]*tree.Tree
	failed  map[string]error
	past    pastContents
}

var _ apply.Sources = (*sources)(nil)

func newSources(s *session.Session, o Options, m *upstream.Mirror, pin upstream.Pin) *sources {
	return &sources{
		mirror: m, pin: pin, options: mirrorOptions(s, o), others: map[string]*upstream.Mirror{},
		paths:   map[string][]string{},
		commits: map[string]*tree.Tree{}, pulls: map[string][2]*tree.Tree{}, failed: map[string]error{},
		past: pastContents{mirror: m, pin: pin.Commit, cache: s.Config.Cache.In("history")},
	}
}

// Close closes the other mirrors, and keeps for the next run what was found in upstream's history.
func (s *sources) Close() error {
	s.past.save()
	var errs []error
	for _, m := range s.others {
		errs = append(errs, m.Close())
	}
	return errors.Join(errs...)
}

// wants records paths that are used from a repository.
func (s *sources) wants(repository string, paths []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths[repository] = append(s.paths[repository], paths...)
}

// Commit returns a tree of upstream or of another repository.
func (s *sources) Commit(ctx context.Context, repository string, commit tree.ID) (*tree.Tree, error) {
	if repository == "" || repository == s.pin.URL {
		return s.mirror.Repo.At(ctx, commit)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := repository + " " + string(commit)
	if t, err := s.commits[key], s.failed[key]; t != nil || err != nil {
		return t, err
	}
	m := s.others[repository]
	if m == nil {
		var err error
		if m, err = upstream.Open(ctx, repository, s.options); err != nil {
			return nil, err
		}
		s.others[repository] = m
	}
	t, err := m.Commit(ctx, commit, s.paths[repository]...)
	s.commits[key], s.failed[key] = t, err
	return t, err
}

// Pull returns the two sides of a pull request.
func (s *sources) Pull(ctx context.Context, c *series.Change) (base, head *tree.Tree, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := c.Pull + " " + string(c.Commit)
	if both, ok := s.pulls[key]; ok || s.failed[key] != nil {
		return both[0], both[1], s.failed[key]
	}
	ref, err := pullref.Parse(c.Pull)
	if err != nil {
		return nil, nil, err
	}
	pull, err := s.mirror.Pull(ctx, ref, c.Commit, s.pin.Commit)
	if err != nil {
		s.failed[key] = err
		return nil, nil, err
	}
	if base, head, err = s.ends(ctx, c, pull); err == nil {
		s.pulls[key] = [2]*tree.Tree{base, head}
	}
	return base, head, err
}

// ends returns the trees before and after a pull request's change.
func (s *sources) ends(ctx context.Context, c *series.Change, pull upstream.Pull) (base, head *tree.Tree, err error) {
	steps, err := s.mirror.Steps(ctx, pull)
	if err != nil {
		return nil, nil, err
	}
	return apply.Replay(ctx, c, apply.StepsOf(steps))
}
