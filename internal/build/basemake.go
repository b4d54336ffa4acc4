package build

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/howdah/howdah/docker"
	"github.com/howdah/howdah/internal/base"
	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
)

// BuildBases runs base:build: [MakeBases] with the BuildKit that howdah.toml names.
func BuildBases(ctx context.Context, s *session.Session) error {
	b := Builder(s)
	defer b.Close()
	return MakeBases(ctx, s, b)
}

// nodeMajor is the version of Node.js in the bases: upstream's .nvmrc has asked for no other since 2025.
const nodeMajor = "24"

// baseOptions returns how to make the bases.
func baseOptions(s *session.Session, b *builder.Builder) (base.Options, error) {
	file, err := docker.Files.ReadFile("base.Dockerfile")
	if err != nil {
		return base.Options{}, err
	}
	packages, err := downloadsOf(s)
	if err != nil {
		return base.Options{}, err
	}
	return base.Options{
		Target: s.Target.Name, Dir: s.Config.Cache.In("bases"), Suite: s.Config.Build.Debian,
		Platform:  s.Config.Build.Platforms[0],
		NodeMajor: nodeMajor, Builder: b,
		Dockerfile: frontend.Dockerfile{Name: "docker/base.Dockerfile", Data: file},
		CA:         packages.ca, Secrets: packages.secrets, Mirror: s.Config.Build.DebianMirror, Proxy: proxies(s.Getenv),
		Say: s.Term.Sayf, Stage: s.Stages(),
	}, nil
}

// MakeBases makes the ruby and node bases from Debian's and npm's packages; it is quick if they are already made. It
// first prints what it will install, and what takes minutes.
func MakeBases(ctx context.Context, s *session.Session, b *builder.Builder) (err error) {
	options, err := baseOptions(s, b)
	if err != nil {
		return err
	}
	needs, err := options.Needs()
	if err != nil {
		return err
	}
	if len(needs) > 0 {
		more, err := b.Needs(ctx)
		if err != nil {
			return err
		}
		s.Term.Sayf("once, on this machine:")
		for _, need := range append(needs, more...) {
			s.Term.Sayf("  %s", need)
		}
	}
	stage := s.Story.Around("making the base images")
	defer stage.FailOn(&err)
	options.Show = func() (image.Progress, func()) { return progress(s) }
	if err := base.Make(ctx, options); err != nil {
		return err
	}
	made, bad := base.List(s.Config.Cache.In("bases"), s.Config.Build.Debian)
	if len(bad) > 0 {
		return errors.Join(bad...)
	}
	stage.End("%d bases on %s", len(made), s.Config.Build.Debian)
	for _, name := range slices.Sorted(maps.Keys(made)) {
		s.Term.Sayf("  %-6s  %s  %s", name, Short(made[name].Digest), made[name].Layout)
	}
	return nil
}
