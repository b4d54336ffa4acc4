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

// buildCache returns the repository of the build cache, and its registry; nil if [build] cache is not "registry".
func (o *publisher) buildCache() (repo *registry.Repo, at address.Registry, err error) {
	required := o.s.Config.Publish.Required
	if !o.s.Config.Build.Cache.Registry || len(required) == 0 {
		return nil, at, nil
	}
	for _, r := range o.store.Settings.Registries {
		if r.String() == required[0] {
			repo, err = o.store.Client.Repo(r, build.CacheName(o.s))
			return repo, r, err
		}
	}
	return nil, at, nil
}

// inUse is how long a state of the build cache without a tag is kept: a build may be reading it.
const inUse = 24 * time.Hour

// pruneCache removes the build caches of images and platforms that howdah.toml no longer has and, at ghcr.io, former
// states of the others: each build moves the tag to a new state, and GitHub never deletes the old one.
func (o *publisher) pruneCache(ctx context.Context, dry bool) (out []release.Pruned, err error) {
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
	prune := func(ref, why string) {
		p := release.Pruned{Registry: at.String(), Image: build.CacheName(o.s), Tag: ref, Why: why}
		if !dry {
			var err error
			if p.Gone, err = deleteCached(ctx, repo, ref); err != nil {
				p.Error = err.Error()
			} else if !p.Gone {
				p.Error = "this registry deletes on its own pages only: " + repo.SettingsPage()
			}
		}
		out = append(out, p)
	}
	for _, tag := range tags {
		if !slices.Contains(wanted, tag) {
			prune(tag, "the build cache of no image and platform of howdah.toml")
		}
	}
	former, err := o.hub.untagged(ctx, at, build.CacheName(o.s), o.s.Now.Add(-inUse))
	for _, digest := range former {
		prune(digest, "a former state of the build cache")
	}
	return out, err
}

// deleteCached deletes a tag or a manifest. At a registry that cannot delete tags, it deletes the tag's manifest.
func deleteCached(ctx context.Context, repo *registry.Repo, ref string) (gone bool, err error) {
	if gone, err = repo.Delete(ctx, ref); gone || err != nil || strings.Contains(ref, ":") {
		return gone, err
	}
	digest, found, err := repo.Head(ctx, ref)
	if err != nil || !found {
		return err == nil, err
	}
	return repo.Delete(ctx, digest)
}

// showCache prints the doctor's line about the build cache. It never fails the doctor.
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
