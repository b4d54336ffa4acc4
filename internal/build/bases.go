package build

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/base"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// bases are the images that the Dockerfiles begin with: for each name an OCI layout of base:build, or NAME@DIGEST.
type bases struct {
	where   map[string]string
	digests map[string]string
}

// findBases finds the images that the Dockerfiles begin with: those that base:build made on this machine, else pinned
// ones, else what their names stand for now.
func findBases(ctx context.Context, s *session.Session, names []string) (bases, error) {
	out := bases{where: map[string]string{}, digests: map[string]string{}}
	made, err := base.Made(s.Config.Cache.In("bases"), s.Config.Build.Debian)
	if err != nil {
		return out, err
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
		if !ok {
			if client == nil {
				client = registry.New(registry.Options{Keychain: s.Credentials})
				defer client.Close()
			}
			s.Term.Warnf("base image %s is not pinned: %s", name, s.Line(target.BasePin))
			if digest, err = client.Digest(ctx, name, s.Config.Publish.Insecure...); err != nil {
				code := fault.CodeOf(err)
				if code == fault.Registry || code == fault.Other {
					code = fault.Retry
				}
				return out, fault.New(code, "finding base image %s: %w", name, err).
					WithHint("a machine that cannot pull makes its own, as root: %s", target.BaseBuild.Command())
			}
		}
		out.where[name], out.digests[name] = name+"@"+digest, digest
	}
	return out, nil
}

// begins lists what both Dockerfiles begin with.
func begins(s *session.Session, v versions, packages string) ([]string, error) {
	seen := map[string]bool{}
	for _, i := range s.Config.Images() {
		file, err := dockerfile(s, i)
		if err != nil {
			return nil, err
		}
		args, err := argsOf(s, v, packages, file)
		if err != nil {
			return nil, err
		}
		from, _, err := file.From(args)
		if err != nil {
			return nil, err
		}
		for _, name := range from {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

// label is an image's base for its labels. One that was made here has no name by which it could be had.
func (b bases) label(base string) (name, digest string) {
	if filepath.IsAbs(b.where[base]) {
		return "", b.digests[base]
	}
	return base, b.digests[base]
}
