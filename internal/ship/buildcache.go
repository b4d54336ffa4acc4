package ship

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/release"
)

// buildCache is the repository of the build cache, and its registry; nil where [build] cache is not "registry".
func (o *publisher) buildCache() (repo *registry.Repo, at address.Registry, err error) {
	required := o.s.Config.Publish.Required
	if !o.s.Config.Build.Cache.Registry || len(required) == 0 {
		return nil, at, nil
	}
	for _, r := range o.store.Registries {
		if r.String() == required[0] {
			repo, err = o.store.Client.Repo(r, build.CacheName(o.s))
			return repo, r, err
		}
	}
	return nil, at, nil
}

// inUse is how long a state of the build cache stays though no tag leads to it: a build may be reading it.
const inUse = 24 * time.Hour

// pruneCache removes the build caches of images and platforms that howdah.toml has no more, and at ghcr.io the former
// states of the others: each build leads the tag to a new one, and GitHub keeps the old for ever.
func (o *publisher) pruneCache(ctx context.Context, hub *githubPackages, dry bool) (out []release.Pruned, err error) {
	repo, at, err := o.buildCache()
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
	c := pruningCache{hub, repo, at, build.CacheName(o.s), dry}
	for _, tag := range tags {
		if !slices.Contains(wanted, tag) {
			out = append(out, c.prune(ctx, tag, "the build cache of no image and platform of howdah.toml"))
		}
	}
	former, err := hub.untagged(ctx, at, c.image, o.s.Now.Add(-inUse))
	for _, digest := range former {
		out = append(out, c.prune(ctx, digest, "a former state of the build cache"))
	}
	return out, err
}

// pruningCache is one run's.
type pruningCache struct {
	hub   *githubPackages
	repo  *registry.Repo
	at    address.Registry
	image string
	dry   bool
}

// prune removes a tag or a digest.
func (c pruningCache) prune(ctx context.Context, ref, why string) release.Pruned {
	p := release.Pruned{Registry: c.at.String(), Image: c.image, Tag: ref, Why: why}
	if c.dry {
		return p
	}
	var err error
	if p.Gone, err = c.repo.Delete(ctx, ref); err == nil && !p.Gone {
		p.Gone, err = c.byAPI(ctx, ref)
	}
	switch {
	case err != nil:
		p.Error = err.Error()
	case !p.Gone:
		p.Error = "this registry deletes on its own pages only: " + c.repo.SettingsPage()
	}
	return p
}

// byAPI deletes the manifest that a tag or digest leads to.
func (c pruningCache) byAPI(ctx context.Context, ref string) (gone bool, err error) {
	m, found, err := c.repo.Get(ctx, ref)
	if err != nil || !found {
		return err == nil, err
	}
	return c.hub.Delete(ctx, c.at, c.image, m.Digest.String())
}

// showCache is the doctor's line on the build cache: it decides nothing, so it is never an error.
func (o *publisher) showCache(ctx context.Context) {
	repo, _, err := o.buildCache()
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
