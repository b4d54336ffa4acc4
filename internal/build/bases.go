package build

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/base"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// bases has, by base name, an OCI layout made by base:build, or NAME@DIGEST.
type bases struct {
	where   map[string]string
	digests map[string]string
}

// findBases finds the base images: those that base:build made on this machine, or else the pinned ones, or else what
// their names currently point to. With a glance, each registry is asked only once, and for no longer than that.
func findBases(ctx context.Context, s *session.Session, names []string, o PlanOptions) (bases, error) {
	out := bases{where: map[string]string{}, digests: map[string]string{}}
	made, bad := base.List(s.Config.Cache.In("bases"), s.Config.Build.Debian)
	for _, err := range bad {
		s.Term.Warnf("a base image that %s made is damaged and not used: %v; build it again: %s", target.BaseBuild.Name, err,
			s.Line(target.BaseBuild))
	}
	pinned, err := pinnedBases(s)
	if err != nil {
		return out, err
	}
	var client *registry.Client
	for _, name := range names {
		repo, _, _ := strings.Cut(name, ":")
		if m, ok := made[repo]; ok {
			out.where[name], out.digests[name] = m.Layout, m.Digest
			continue
		}
		if _, _, ok := strings.Cut(name, "@"); ok {
			continue // pinned in the Dockerfile itself
		}
		digest, ok := pinned[name]
		if !ok && o.Offline {
			return out, fault.New(fault.Retry, "base image %s is not pinned, and -offline forbids to ask a registry", name).
				WithHint("pin it: %s", target.BasePin.Command())
		}
		if !ok {
			if client == nil {
				options := registry.Options{Keychain: s.Credentials}
				if o.Glance > 0 {
					options.Tries = 1
				}
				client = registry.New(options)
				defer client.Close()
			}
			s.Term.Warnf("base image %s is not pinned; pin it: %s", name, s.Line(target.BasePin))
			if digest, err = digestOf(ctx, s, client, name, o.Glance); err != nil {
				return out, err
			}
		}
		out.where[name], out.digests[name] = name+"@"+digest, digest
	}
	return out, nil
}

// digestOf asks a registry for the digest that an image's name points to; with a glance, for no longer than that.
func digestOf(
	ctx context.Context, s *session.Session, c *registry.Client, name string, glance time.Duration,
) (digest string, err error) {
	stage := s.Story.Stage("looking for base image " + name)
	defer stage.FailOn(&err)
	if glance > 0 {
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, glance)
		defer done()
	}
	if digest, err = c.Digest(ctx, name, s.Config.Publish.Insecure...); err == nil {
		stage.End("%s", digest)
		return digest, nil
	}
	code := fault.CodeOf(err)
	if code == fault.Registry || code == fault.Other {
		code = fault.Retry
	}
	return "", fault.New(code, "finding base image %s: %w", name, err).
		WithHint("run the same command again; a machine that can never pull builds its own base images, as root: %s",
			target.BaseBuild.Command())
}

// label returns a base's name and digest for the labels. A base that was made here has no name by which it could be
// pulled.
func (b bases) label(base string) (name, digest string) {
	if filepath.IsAbs(b.where[base]) {
		return "", b.digests[base]
	}
	return base, b.digests[base]
}
