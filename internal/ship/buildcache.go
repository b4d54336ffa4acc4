package ship

import (
	"context"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/release"
)

// buildCache is the repository of the build cache; nil where [build] cache is not "registry".
func (o *publisher) buildCache() (*registry.Repo, error) {
	required := o.s.Config.Publish.Required
	if !o.s.Config.Build.Cache.Registry || len(required) == 0 {
		return nil, nil
	}
	for _, r := range o.store.Registries {
		if r.String() == required[0] {
			return o.store.Client.Repo(r, build.CacheName(o.s))
		}
	}
	return nil, nil
}

// pruneCache removes the build caches of images and platforms that howdah.toml has no more. Of the others BuildKit
// replaces the tag at each build.
func (o *publisher) pruneCache(ctx context.Context, dry bool) ([]release.Pruned, error) {
	repo, err := o.buildCache()
	if err != nil || repo == nil {
		return nil, err
	}
	tags, err := repo.Tags(ctx)
	if err != nil {
		return nil, err
	}
	var wanted []string
	for _, i := range o.s.Config.Images() {
		for _, platform := range o.s.Config.Build.Platforms {
			wanted = append(wanted, i.Name+"-"+strings.ReplaceAll(platform, "/", "-"))
		}
	}
	var out []release.Pruned
	for _, tag := range tags {
		if slices.Contains(wanted, tag) {
			continue
		}
		p := release.Pruned{
			Registry: o.s.Config.Publish.Required[0], Image: build.CacheName(o.s), Tag: tag,
			Why: "the build cache of no image and platform of howdah.toml",
		}
		if !dry {
			if p.Gone, err = repo.Delete(ctx, tag); err != nil {
				p.Error = err.Error()
			} else if !p.Gone {
				p.Error = "this registry deletes on its own pages only: " + repo.SettingsPage()
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// showCache is the doctor's line on the build cache: it decides nothing, so it is never an error.
func (o *publisher) showCache(ctx context.Context) {
	repo, err := o.buildCache()
	if err != nil || repo == nil {
		return
	}
	says := "may be pushed to"
	if err := repo.CanPush(ctx); err != nil {
		says = "builds will only read it: " + err.Error()
	} else if tags, err := repo.Tags(ctx); err == nil {
		says += ", holds " + strings.Join(tags, ", ")
		if len(tags) == 0 {
			says = "may be pushed to, holds nothing yet"
		}
	}
	o.s.Term.Answerf("cache   %s  %s", repo, says)
}
