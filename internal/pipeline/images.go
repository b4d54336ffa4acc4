package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/target"
)

// builder is the BuildKit that howdah.toml names; nothing is started before something is built.
func (p *Pipeline) builder() *builder.Builder {
	tools, err := filepath.Abs("tools/go.mod")
	if err != nil {
		tools = "tools/go.mod"
	}
	return builder.New(builder.Settings{
		Builder: p.cfg.Build.Builder, Builders: p.cfg.Build.Builders, Host: os.Getenv("BUILDKIT_HOST"), TLS: p.cfg.Build.TLS.Abs,
		Emulate: p.cfg.Build.Emulate, Dir: p.cfg.Cache.In("buildkit"), Tools: tools, MaxCache: p.cfg.Cache.Max,
		Say: p.term.Sayf,
	})
}

// BuildImages is image:build. With a platform it is one of several machines' share: its builds are kept at the registry,
// where a release on another machine finds them.
func (p *Pipeline) BuildImages(ctx context.Context, c Choice, name, platform *string) error {
	if err := p.chosen(name, platform); err != nil {
		return err
	}
	return p.at(ctx, c, func(r *resolved) error {
		patched, err := p.patch(ctx, r)
		if err != nil {
			return err
		}
		out, known, unread := p.ask(ctx) // without a platform this works without registries too
		if unread == nil {
			defer out.close()
		}
		b, err := p.plan(ctx, patched, known)
		if err != nil {
			return err
		}
		specs := p.narrow(b, name, platform)
		if set(c.Dry) {
			return p.dryBuild(ctx, specs, platform != nil, out)
		}
		if platform != nil {
			if unread != nil {
				return unread
			}
			return p.buildForOthers(ctx, b, specs, out, known)
		}
		if err := p.complete(ctx, b); err != nil {
			return err
		}
		var shop kept
		if unread == nil {
			shop = out.kept(known)
		}
		made, err := p.build(ctx, b, specs, shop)
		if err != nil {
			return err
		}
		for _, i := range made {
			p.term.Answerf("%s %s %s", i.Name, i.Digest, i.Layout)
		}
		return nil
	})
}

// dryBuild prints the equal docker build lines, and where builds for others would be kept.
func (p *Pipeline) dryBuild(ctx context.Context, specs []image.Spec, keep bool, out *publisher) error {
	p.term.Sayf("the same by hand, for the folder that %s writes:", p.caller.Line(target.PatchCheckout.Command("mastodon")))
	for _, spec := range specs {
		p.term.Answerf("%s", spec.Line("mastodon", p.secretFiles()))
		if !keep || out == nil {
			continue
		}
		parts, err := p.parts(ctx, spec)
		if err != nil {
			return err
		}
		for _, o := range parts {
			p.term.Answerf("# kept as %s", release.KeptAs(out.settings, spec.Name, o.inputs))
		}
	}
	return nil
}

// narrow gives what -image= and -platform= leave of a build.
func (p *Pipeline) narrow(b *build, name, platform *string) []image.Spec {
	specs := slices.Clone(b.specs)
	if name != nil {
		specs = slices.DeleteFunc(specs, func(s image.Spec) bool { return s.Name != text(name) && s.Role != text(name) })
	}
	for i := range specs {
		if platform != nil {
			specs[i].Platforms = []string{text(platform)}
		}
	}
	return specs
}

// complete brings every file of the tree that the context needs, in one batch, and stores the patched commits.
func (p *Pipeline) complete(ctx context.Context, b *build) (err error) {
	stage := p.story.Stage("fetching files")
	defer func() { closeFailed(stage, err) }()
	n, err := b.mirror.Prefetch(ctx, b.pin.Commit)
	if err != nil {
		return err
	}
	if err := b.store(ctx); err != nil {
		return err
	}
	stage.End("%d files", n)
	return nil
}

// known is what the registries hold, where they can be asked; nil where not.
func (p *Pipeline) known(ctx context.Context) *release.Known {
	out, known, err := p.ask(ctx)
	if err != nil {
		return nil
	}
	_ = out.close()
	return known
}

// ask opens the registries and reads what they hold.
func (p *Pipeline) ask(ctx context.Context) (*publisher, *release.Known, error) {
	out, err := p.publisher(ctx)
	if err != nil {
		return nil, nil, err
	}
	known, err := release.Read(ctx, out.client, out.settings)
	if err != nil {
		return nil, nil, errors.Join(err, out.close())
	}
	return out, known, nil
}
