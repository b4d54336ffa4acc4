package release

import (
	"context"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/registry"
)

// visible asks the gate "visibility": can somebody without credentials pull the images? A registry may make new
// packages private, and then the servers cannot start. Registries that are not required lag instead.
func (r *run) visible(ctx context.Context) ([]refusal, error) {
	if !r.set.Public {
		return nil, nil
	}
	r.hooks.stage("reading back without credentials")
	var hidden []*registry.Repo
	for _, reg := range r.live() {
		for _, d := range append(r.deliveries[:len(r.deliveries):len(r.deliveries)], registry.Delivery{Image: r.set.artifact(), Content: r.artifact}) {
			repo, err := r.client.Repo(reg, d.Image)
			if err != nil {
				return nil, err
			}
			if repo.Visible(ctx, d.Content.Digest().String()) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if !r.set.required(reg) {
				r.fail(reg, fmt.Errorf("%s cannot be pulled without credentials; make it public: %s", repo, repo.SettingsPage()))
				break
			}
			hidden = append(hidden, repo)
		}
	}
	if len(hidden) == 0 {
		return nil, nil
	}
	var names, pages []string
	for _, repo := range hidden {
		names, pages = append(names, repo.String()), append(pages, repo.SettingsPage())
	}
	return []refusal{{GateVisibility, strings.Join(names, ", ") + " cannot be pulled without credentials",
		"make each public, once (no program can): " + strings.Join(pages, " , ") + " ; or set visibility = \"private\" and give the cluster a pull secret"}}, nil
}
