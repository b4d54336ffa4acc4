package admin

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/distribution"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/loopback"
	"github.com/howdah/howdah/internal/miniature"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/ship"
	"github.com/howdah/howdah/internal/target"
)

// demoDir is where demo works, unless -dir= names another folder.
const demoDir = "dist/demo"

// Demo runs demo: the whole flow on the bundled miniature, published to two registries on this machine.
func Demo(ctx context.Context, s *session.Session, dir string) (err error) {
	root := s.Path(cmp.Or(dir, demoDir))
	s.Term.Sayf("demo: a miniature of Mastodon, from its git history to two published images")
	s.Term.Sayf("  works in %s and in Howdah's cache folder; asks for no account", root)
	s.Term.Sayf("  the first run downloads and compiles: 5 to 10 minutes on two cores, and at most 2.5 GB of disk")
	if s.Caller.Words { // a binary; its owner may have no Go
		s.Term.Sayf("  later ones take seconds")
	} else {
		s.Term.Sayf("  beside 1.5 GB in Go's own caches; later ones take seconds")
	}
	held, err := lock.Take(filepath.Join(root, ".lock"), s.Target.Name)
	if err != nil {
		return err
	}
	defer held.Release()
	// The address ends in owner/name, so that the series' pull request is upstream's own.
	upstream, err := miniature.WriteUpstream(ctx, filepath.Join(root, "miniature", "mastodon.git"), "")
	if err != nil {
		return err
	}
	if err := miniature.WriteDistribution(root, upstream.Dir, upstream); err != nil {
		return err
	}
	var names []string
	for _, name := range []string{"first", "second"} {
		server, err := loopback.Start(ctx, filepath.Join(root, "registries", name), "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.Close()) }()
		names = append(names, server.Address()+"/"+name)
	}
	env := append(machineOnly(s.Environ), "HOWDAH_REGISTRIES="+names[0]+","+names[1],
		"HOWDAH_SOURCE_REPOSITORY="+distribution.Repository, "HOWDAH_BUILD_CACHE=none") // its only builder is this machine's
	c, err := config.Load(s.Dir, filepath.Join(root, "howdah.toml"), env)
	if err != nil {
		return err
	}
	here := s.With(c)
	if err := demoBases(ctx, here); err != nil {
		return err
	}
	if err := ship.Release(ctx, here, ship.Options{}); err != nil {
		return err
	}
	s.Term.Sayf("both registries ended with this run; what they hold stays in %s", filepath.Join(root, "registries"))
	caller := s.Caller
	caller.Config = filepath.Join(root, "howdah.toml")
	if os.Geteuid() == 0 {
		s.Term.Sayf("to see both images run: %s", caller.Line(target.ImageRun.Command("-check")))
	}
	s.Term.Sayf("next, the real Mastodon: %s", s.Line(target.Release))
	return nil
}

// demoBases makes the bases if this machine can; otherwise Docker pulls the official ones.
func demoBases(ctx context.Context, s *session.Session) error {
	b := build.Builder(s)
	defer b.Close()
	if _, err := b.Needs(ctx); err != nil {
		return err // nothing here can build
	}
	err := build.MakeBases(ctx, s, b)
	if fault.CodeOf(err) == fault.Usage {
		s.Term.Sayf("base images cannot be made here (%v); the official ones are pulled from Docker Hub, some 200 MB", err)
		return nil
	}
	return err
}

// machineOnly removes from an environment the settings of a distribution, and keeps those of this machine: its cache,
// mirrors, certificates and builder.
func machineOnly(environ []string) []string {
	var out []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "HOWDAH_CACHE", "HOWDAH_CACHE_MAX", "HOWDAH_CA", "HOWDAH_GEM_MIRROR", "HOWDAH_NPM_REGISTRY",
			"HOWDAH_DEBIAN_MIRROR", "HOWDAH_BUILDER", "HOWDAH_TLS":
		default:
			if strings.HasPrefix(name, "HOWDAH_") {
				continue
			}
		}
		out = append(out, kv)
	}
	return out
}
