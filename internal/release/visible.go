package release

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
)

// sight is what came of reading one image of one registry without credentials.
type sight struct {
	registry registry.Registry
	repo     *registry.Repo
	visible  bool
	err      error
}

// visible asks the gate "visibility": can somebody without credentials pull the images? A registry may make new
// packages private, and then the servers cannot start. Registries that are not required lag instead. A registry that
// does not answer has failed; nothing is known of its packages then.
func (r *run) visible(ctx context.Context) ([]refusal, error) {
	if !r.set.Public {
		return nil, nil
	}
	r.hooks.stage("reading back without credentials")
	seen, err := r.readAnonymously(ctx)
	if err != nil {
		return nil, err
	}
	var names, pages []string
	for _, s := range seen {
		switch {
		case s.err != nil:
			r.fail(s.registry, s.err)
		case s.visible:
		case !r.set.required(s.registry):
			r.fail(s.registry, fmt.Errorf("%s cannot be pulled without credentials; make it public: %s", s.repo,
				s.repo.SettingsPage()))
		default:
			names, pages = append(names, s.repo.String()), append(pages, s.repo.SettingsPage())
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	return []refusal{{GateVisibility, strings.Join(names, ", ") + " cannot be pulled without credentials",
		fault.Hintf("make each public, once (no program can): %s ; or set visibility = \"private\" and give the cluster a "+
			"pull secret",
			strings.Join(pages, " , "))}}, nil
}

// readAnonymously reads every image of every live registry without credentials, all at once.
func (r *run) readAnonymously(ctx context.Context) ([]*sight, error) {
	var seen []*sight
	var all sync.WaitGroup
	for _, reg := range r.live() {
		for _, d := range append(r.deliveries[:len(r.deliveries):len(r.deliveries)],
			registry.Delivery{Image: r.set.artifact(), Content: r.artifact}) {
			repo, err := r.client.Repo(reg, d.Image)
			if err != nil {
				return nil, err
			}
			s := &sight{registry: reg, repo: repo}
			seen = append(seen, s)
			all.Go(func() { s.visible, s.err = repo.Visible(ctx, d.Content.Digest().String()) })
		}
	}
	all.Wait()
	return seen, ctx.Err()
}
