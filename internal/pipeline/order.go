package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
)

// order is a build that is wanted: of an image, or of one platform of it.
type order struct {
	spec   image.Spec
	inputs string
	dir    string      // for its layout
	had    *builtImage // what need not be built
}

// whole orders an image with all its platforms.
func (p *Pipeline) whole(b *build, spec image.Spec) order {
	return order{spec: spec, inputs: b.inputs[spec.Name], dir: p.cfg.Result("images", spec.Name)}
}

// parts orders each platform of an image by itself.
func (p *Pipeline) parts(ctx context.Context, spec image.Spec) ([]order, error) {
	var out []order
	for _, platform := range spec.Platforms {
		inputs, err := spec.Inputs(ctx, platform)
		if err != nil {
			return nil, err
		}
		one := spec
		one.Platforms = []string{platform}
		dir := p.cfg.Result("images", spec.Name+"-"+strings.ReplaceAll(platform, "/", "-"))
		out = append(out, order{spec: one, inputs: inputs, dir: dir})
	}
	return out, nil
}

// made is the image that came of an order.
func (o order) made(digest string, bytes int64) builtImage {
	return builtImage{Name: o.spec.Name, Layout: o.dir, Digest: digest, Inputs: o.inputs, Platforms: o.spec.Platforms, Bytes: bytes}
}

// kept looks at registries for a build of one platform and brings it to dir; from is empty where there is none.
type kept func(ctx context.Context, name, inputs, dir string) (from string, err error)

// kept finds what other machines built.
func (o *publisher) kept(known *release.Known) kept {
	return func(ctx context.Context, name, inputs, dir string) (string, error) {
		found, err := release.Kept(ctx, o.client, o.settings, known, name, inputs)
		if err != nil || found == nil {
			return "", err
		}
		return found.Registry.String(), found.Bring(ctx, dir)
	}
}

// build brings images about. What there is of them, of all platforms here or of single ones here and at registries, is
// not built again.
func (p *Pipeline) build(ctx context.Context, b *build, specs []image.Spec, shop kept) (_ []builtImage, err error) {
	var orders []order
	var results []builtImage
	defer func() { err = errors.Join(err, p.remember(ctx, b, results)) }()
	split := map[string][]order{}
	for _, spec := range specs {
		whole := p.whole(b, spec)
		p.seek(ctx, &whole, nil)
		if whole.had == nil {
			parts, err := p.parts(ctx, spec)
			if err != nil {
				return nil, err
			}
			found := false
			for i := range parts {
				p.seek(ctx, &parts[i], shop)
				found = found || parts[i].had != nil
			}
			if found {
				split[spec.Name] = parts
				orders = append(orders, parts...)
				continue
			}
		}
		orders = append(orders, whole)
	}
	if results, err = p.fulfil(ctx, orders); err != nil {
		return nil, err
	}
	made := map[string]builtImage{}
	for _, r := range results {
		made[r.Inputs] = r
	}
	var out []builtImage
	for _, spec := range specs {
		whole := p.whole(b, spec)
		if parts := split[spec.Name]; parts != nil {
			joined, err := p.join(ctx, whole, parts)
			if err != nil {
				return nil, err
			}
			results = append(results, joined)
			made[whole.inputs] = joined
		}
		out = append(out, made[whole.inputs])
	}
	return out, nil
}

// seek looks for what an order need not build. That something kept elsewhere cannot be had is no error: it is built then.
func (p *Pipeline) seek(ctx context.Context, o *order, shop kept) {
	if o.had = p.builtAlready(o.inputs); o.had != nil || shop == nil || ctx.Err() != nil {
		return
	}
	platform := strings.Join(o.spec.Platforms, ", ")
	stage := p.story.Stage(fmt.Sprintf("looking for %s for %s", o.spec.Name, platform))
	part := o.dir + ".part"
	from, err := shop(ctx, o.spec.Name, o.inputs, part)
	if err == nil && from == "" {
		stage.End("to be built")
		return
	}
	var digest string
	if err == nil {
		digest, err = image.Digest(part)
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(o.dir), os.Rename(part, o.dir))
	}
	if err != nil {
		stage.Warn("%s for %s was built elsewhere but cannot be had: %v", o.spec.Name, platform, err)
		stage.Fail()
		return
	}
	bytes, _ := usage(filepath.Join(o.dir, "blobs"))
	made := o.made(digest, bytes)
	o.had = &made
	stage.End("%s, %s, built elsewhere, from %s", short(digest), report.Size(bytes), from)
}

// builtAlready is the image that an earlier run left of the same inputs, nil when there is none.
func (p *Pipeline) builtAlready(inputs string) *builtImage {
	last, err := p.lastBuild()
	if err != nil || last == nil {
		return nil
	}
	for _, i := range last.Images {
		if i.Inputs == inputs && image.Check(i.Layout) == nil {
			return &i
		}
	}
	return nil
}

// fulfil builds what orders want and do not have, at once. The results come in the order of the orders; after an error
// one without a digest was not built.
func (p *Pipeline) fulfil(ctx context.Context, orders []order) ([]builtImage, error) {
	out := make([]builtImage, len(orders))
	var wanted []image.Order
	var at []int // of each wanted one, in orders
	for n, o := range orders {
		what := o.spec.Name
		if o.dir != p.cfg.Result("images", what) {
			what += " for " + strings.Join(o.spec.Platforms, ", ")
		}
		if o.had != nil {
			p.term.Sayf("%s: built already (%s)", what, short(o.had.Digest))
			out[n] = *o.had
			continue
		}
		stage := p.story.Stage("building " + what)
		defer stage.Fail() // if it has not ended
		wanted, at = append(wanted, image.Order{Spec: o.spec, Dir: o.dir, Told: func(r image.Result, err error) { tellBuild(stage, r, err) }}), append(at, n)
	}
	if len(wanted) == 0 {
		return out, nil
	}
	builder := p.builder()
	defer closeQuietly(builder)
	if err := p.wake(ctx, builder, wanted); err != nil {
		return out, err
	}
	console, back, ok := p.term.Console()
	show := image.Progress{}
	if ok {
		show.Console = console
	} else {
		show.Out = p.story.Writer()
	}
	made, err := image.Build(ctx, builder, wanted, show)
	back()
	for i, r := range made {
		if r.Digest != "" {
			out[at[i]] = orders[at[i]].made(r.Digest, r.Bytes)
		}
	}
	return out, p.roomForBuild(err)
}

// roomForBuild gives a build that failed for want of room the disk that is full: that of the layouts, that of the embedded
// BuildKit, or that of a builder elsewhere.
func (p *Pipeline) roomForBuild(err error) error {
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), "no space left on device") {
		return err
	}
	kit := p.cfg.Cache.In("buildkit")
	switch {
	case strings.Contains(err.Error(), p.cfg.Dist):
		return fault.New(fault.Other, "%w", err).WithHint("%s", fault.Full(p.cfg.Dist))
	case builder.Room(kit) != nil:
		return fault.New(fault.Other, "%w", err).WithHint("%s", fault.Full(kit))
	}
	return fault.New(fault.CodeOf(err), "%w", err).
		WithHint("the builder's disk is full; this tells which builder it is: %s", target.BuilderStatus.Command())
}

// wake says that a first build takes its time, and starts the builders before they have the terminal to themselves: one
// may have to be compiled or pulled, and says so.
func (p *Pipeline) wake(ctx context.Context, b *builder.Builder, orders []image.Order) error {
	if last, err := p.lastBuild(); err == nil && last == nil && p.target != "demo" {
		p.term.Sayf("the first build here: gems, packages and assets of Mastodon take some ten minutes on two cores; what has not changed comes from the cache after that")
	}
	for _, o := range orders {
		for _, platform := range o.Spec.Platforms {
			if _, err := b.Node(ctx, platform); err != nil {
				return err
			}
		}
	}
	return nil
}

// join makes an image of builds of its single platforms: the same, byte for byte, as of a build of all at once.
func (p *Pipeline) join(ctx context.Context, whole order, parts []order) (_ builtImage, err error) {
	stage := p.story.Stage("joining " + whole.spec.Name)
	defer func() { closeFailed(stage, err) }()
	var all []image.Part
	for _, o := range parts {
		img, err := image.First(o.dir)
		if err != nil {
			return builtImage{}, err
		}
		all = append(all, image.Part{Platform: o.spec.Platforms[0], Inputs: o.inputs, Image: img})
	}
	r, err := image.Join(ctx, whole.spec.Name, whole.dir, all)
	if err != nil {
		return builtImage{}, err
	}
	stage.End("%s, %s, %s", short(r.Digest), report.Size(r.Bytes), strings.Join(whole.spec.Platforms, " and "))
	return whole.made(r.Digest, r.Bytes), nil
}

// tellBuild ends the stage of an image that is built, or has failed.
func tellBuild(stage *report.Stage, r image.Result, err error) {
	if err != nil {
		stage.Fail()
		return
	}
	for _, w := range r.Warnings {
		stage.Warn("%s: %s", r.Name, w)
	}
	cached := 0
	for _, s := range r.Steps {
		if s.Cached {
			cached++
		}
	}
	stage.End("%s, %s, %d of %d steps from the cache", short(r.Digest), report.Size(r.Bytes), cached, len(r.Steps))
}

// short is a digest for people.
func short(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex[:min(12, len(hex))]
}
