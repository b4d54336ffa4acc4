package release

import (
	"context"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/target"
)

// sight is the result of reading one image of one registry without an account.
type sight struct {
	registry address.Registry
	repo     *registry.Repo
	visible  bool
	err      error
}

// visible asks the gate "visibility" whether somebody without an account can pull the images. A registry may make new
// packages private, and then the servers cannot start. Registries that are not required lag instead. A registry that
// does not answer has failed; nothing is known about its packages then.
func (r *run) visible() []refusal {
	if !r.store.Settings.Public {
		return nil
	}
	var names, pages []string
	for _, s := range r.sights() {
		switch {
		case s.err != nil:
			r.fail(s.registry, s.err)
		case s.visible:
		case !r.store.Settings.required(s.registry):
			r.fail(s.registry, fmt.Errorf("%s cannot be pulled without credentials; make it public: %s", s.repo,
				s.repo.SettingsPage()))
		default:
			names, pages = append(names, s.repo.String()), append(pages, s.repo.SettingsPage())
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []refusal{{target.GateVisibility, strings.Join(names, ", ") + " cannot be pulled without credentials",
		fault.Hintf("make each public, once (no program can): %s ; or set visibility = \"private\" and give the cluster a "+
			"pull secret",
			strings.Join(pages, " , "))}}
}

// sights returns what was read without an account at the live registries.
func (r *run) sights() (out []*sight) {
	for _, reg := range r.live() {
		r.progress.mu.Lock()
		out = append(out, r.progress.anonymous[reg]...)
		r.progress.mu.Unlock()
	}
	return out
}

// readAnonymously reads every image of a registry, and the record, without an account, if the gate "visibility" will
// be asked.
func (r *run) readAnonymously(ctx context.Context, reg address.Registry) error {
	if !r.store.Settings.Public || r.plan.Record != nil {
		return nil
	}
	what := r.uploads()
	seen := make([]*sight, len(what))
	err := parallel(len(what), func(i int) error {
		repo, err := r.store.Client.Repo(reg, what[i].Image)
		if err != nil {
			return err
		}
		s := &sight{registry: reg, repo: repo}
		seen[i] = s
		s.visible, s.err = repo.Visible(ctx, what[i].Content.Digest().String())
		return nil
	})
	r.progress.mu.Lock()
	r.progress.anonymous[reg] = seen
	r.progress.mu.Unlock()
	return err
}
