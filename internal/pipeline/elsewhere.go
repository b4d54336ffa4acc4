package pipeline

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/release"
)

// buildForOthers builds images for one platform, checks them, and keeps each at the registry under its inputs' own tag. No
// other tag moves: a release takes what is kept and builds what is missing.
func (p *Pipeline) buildForOthers(ctx context.Context, b *build, specs []image.Spec, out *publisher, known *release.Known) error {
	var orders []order
	var names []string
	for _, spec := range specs {
		parts, err := p.parts(ctx, spec)
		if err != nil {
			return err
		}
		for _, o := range parts {
			found, err := release.Kept(ctx, out.client, out.settings, known, o.spec.Name, o.inputs)
			if err != nil {
				return err
			}
			if found != nil {
				p.tellKept(o, found.Digest, out)
				continue
			}
			p.seek(ctx, &o, nil)
			orders, names = append(orders, o), append(names, o.spec.Name)
		}
	}
	if len(orders) == 0 {
		return nil
	}
	if err := release.MayKeep(ctx, out.client, out.settings, names...); err != nil {
		return err
	}
	if err := p.complete(ctx, b); err != nil {
		return err
	}
	made, err := p.fulfil(ctx, orders)
	if err = errors.Join(err, p.remember(ctx, b, made)); err != nil {
		return err
	}
	stage := p.story.Stage("checking the images")
	for n, i := range made {
		if err := p.inspect(ctx, i.Name, i.Layout, orders[n].spec.Role); err != nil {
			stage.Fail()
			return err
		}
	}
	stage.End("")
	return p.keep(ctx, orders, made, out)
}

// keep uploads builds of one platform for others to find.
func (p *Pipeline) keep(ctx context.Context, orders []order, made []builtImage, out *publisher) error {
	for n, i := range made {
		stage := p.story.Stage("uploading " + i.Name)
		out.watch.show(stage)
		err := release.Keep(ctx, out.client, out.settings, release.Image{Name: i.Name, Layout: i.Layout, Digest: i.Digest, Inputs: i.Inputs}, p.now)
		out.watch.show(nil)
		if err != nil {
			stage.Fail()
			return err
		}
		stage.End("%s", out.watch.said())
		p.tellKept(orders[n], i.Digest, out)
	}
	return nil
}

func (p *Pipeline) tellKept(o order, digest string, out *publisher) {
	p.term.Answerf("%s %s %s %s", o.spec.Name, o.spec.Platforms[0], digest, release.KeptAs(out.settings, o.spec.Name, o.inputs))
}
