package build

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/session"
)

// CacheName is the repository of the build cache, beside the images.
func CacheName(s *session.Session) string { return s.Config.Name + "-cache" }

// CachedIn says, for a report, where the results of cached steps come from.
func CachedIn(s *session.Session) string {
	set := s.Config.Build.Cache
	switch {
	case set.Registry && len(s.Config.Publish.Required) > 0:
		return "the builder's cache, or " + s.Config.Publish.Required[0] + "/" + CacheName(s)
	case set.Type == "":
		return "the builder's cache"
	case set.Attrs["ref"] != "":
		return "the builder's cache, or " + set.Attrs["ref"]
	}
	return "the builder's cache, or that of [build] cache (" + set.Type + ")"
}

// rightsTime is how long a build waits to learn whether it may write its cache.
const rightsTime = 10 * time.Second

// cacheOf returns the build cache of [build] cache. If the registry does not allow this run to push, the cache is
// only read: a stranger's pull request can use it and not change it.
func cacheOf(ctx context.Context, s *session.Session) image.Cache {
	set := s.Config.Build.Cache
	c := image.Cache{Type: set.Type, Attrs: maps.Clone(set.Attrs), Write: true}
	if set.Registry && len(s.Config.Publish.Required) > 0 {
		c.Type, c.Attrs = "registry", map[string]string{"ref": s.Config.Publish.Required[0] + "/" + CacheName(s)}
	}
	if c.Type != "registry" {
		return c
	}
	ref := c.Attrs["ref"]
	host, _, _ := strings.Cut(ref, "/")
	if slices.ContainsFunc(s.Config.Publish.Insecure, func(r string) bool { return r == host }) {
		c.Attrs["registry.insecure"] = "true"
	}
	ctx, done := context.WithTimeout(ctx, rightsTime)
	defer done()
	client := registry.New(registry.Options{Keychain: s.Credentials, Tries: 2})
	defer client.Close()
	if err := client.MayPush(ctx, ref, s.Config.Publish.Insecure...); err != nil {
		c.Write = false
		s.Term.Sayf("the build cache %s is read but not written: %v", ref, err)
	}
	return c
}
