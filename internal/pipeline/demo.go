package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/miniature"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/target"
)

// demoDir is where demo works, unless -dir= names another folder.
const demoDir = "dist/demo"

// Demo is demo: the whole flow on the bundled miniature, published to two registries on this machine.
func (p *Pipeline) Demo(ctx context.Context, dir *string) (err error) {
	root := demoDir
	if dir != nil {
		root = text(dir)
	}
	if root, err = filepath.Abs(root); err != nil {
		return err
	}
	p.term.Sayf("demo: a miniature of Mastodon, from its git history to two published images")
	p.term.Sayf("  works in %s and in Howdah's cache folder; asks for no account", root)
	p.term.Sayf("  the first run downloads and compiles, and takes minutes; later ones take seconds")
	held, err := lock.Take(filepath.Join(root, ".lock"), p.target)
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
		server, err := registry.Start(ctx, filepath.Join(root, "registries", name), "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.Close()) }()
		names = append(names, server.Address()+"/"+name)
	}
	env := append(machineOnly(os.Environ()), "HOWDAH_REGISTRIES="+names[0]+","+names[1], "HOWDAH_SOURCE_REPOSITORY="+repository)
	if p.cfg, err = config.Load(filepath.Join(root, "howdah.toml"), env); err != nil {
		return err
	}
	if err := p.demoBases(ctx); err != nil {
		return err
	}
	if err := p.Release(ctx, Choice{}); err != nil {
		return err
	}
	p.term.Sayf("both registries ended with this run; what they hold stays in %s", filepath.Join(root, "registries"))
	here := target.Caller{Program: p.caller.Program, Config: filepath.Join(root, "howdah.toml")}
	if os.Geteuid() == 0 {
		p.term.Sayf("to see both images run: %s", here.Line(target.ImageRun.Command("-check")))
	}
	p.term.Sayf("next, the real Mastodon: %s", p.caller.Line(target.Release.Command()))
	return nil
}

// demoBases makes the bases where this machine can; elsewhere Docker pulls the official ones.
func (p *Pipeline) demoBases(ctx context.Context) error {
	b := p.builder()
	defer closeQuietly(b)
	if _, err := b.Needs(ctx); err != nil {
		return err // nothing here can build
	}
	err := p.makeBases(ctx, b)
	if fault.CodeOf(err) == fault.Usage {
		p.term.Sayf("no bases of our own: %v; the official images are pulled from Docker Hub, some 200 MB", err)
		return nil
	}
	return err
}

// machineOnly leaves out of an environment what belongs to a distribution of one's own, and keeps what says how this
// machine reaches out.
func machineOnly(environ []string) []string {
	var out []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "HOWDAH_CACHE", "HOWDAH_CACHE_MAX", "HOWDAH_CA", "HOWDAH_GEM_MIRROR", "HOWDAH_NPM_REGISTRY", "HOWDAH_DEBIAN_MIRROR", "HOWDAH_BUILDER", "HOWDAH_TLS":
		default:
			if strings.HasPrefix(name, "HOWDAH_") {
				continue
			}
		}
		out = append(out, kv)
	}
	return out
}
