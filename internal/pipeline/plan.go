package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/howdah/howdah/docker"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/stamp"
)

// build is all that decides the images of a release, and what they will be called.
type build struct {
	*patched
	packages  string       // the day of Debian's packages
	specs     []image.Spec // in the order of the images
	inputs    map[string]string
	candidate release.Candidate
}

// plan works out the images' inputs and the stamp. known is what was released before; nil is nothing.
func (p *Pipeline) plan(ctx context.Context, o *patched, known *release.Known) (*build, error) {
	accepted, err := p.accepted()
	if err != nil {
		return nil, err
	}
	b := &build{patched: o, packages: o.packages, inputs: map[string]string{}}
	if b.packages == "" {
		b.packages = p.packages(known)
	}
	s := stamp.Stamp{
		Name: p.cfg.Name, Version: o.facts.Version, Pin: string(o.pin.Commit), Created: o.pin.Date.UTC(), Patched: string(o.commit),
		Tree: string(o.tree.Root()), Series: o.digest(), Source: p.cfg.Source.Repository, Push: p.cfg.Source.Push,
		Vendor: p.cfg.Name, Images: map[string]stamp.Image{},
	}
	var left []release.LeftOut
	for _, l := range o.result.LeftOut() {
		s.LeftOut = append(s.LeftOut, l.Change.Name)
		left = append(left, release.LeftOut{Name: l.Change.Name, Verdict: string(l.Verdict), Reason: l.Message})
	}
	v, err := o.versions(ctx)
	if err != nil {
		return nil, err
	}
	names, err := p.begins(v, b.packages)
	if err != nil {
		return nil, err
	}
	bases, err := p.bases(ctx, names)
	if err != nil {
		return nil, err
	}
	for _, i := range p.cfg.Images() {
		spec, err := p.spec(ctx, o, i, v, bases, b.packages)
		if err != nil {
			return nil, err
		}
		inputs, err := specInputs(ctx, spec)
		if err != nil {
			return nil, err
		}
		b.specs, b.inputs[i.Name] = append(b.specs, spec), inputs
		_, from, err := spec.Dockerfile.From(spec.Args)
		if err != nil {
			return nil, err
		}
		base, digest := bases.label(from)
		s.Images[i.Name] = stamp.Image{
			Title: i.Name, Role: i.Role, Description: describe(p.cfg.Name, i.Role), BaseName: base, BaseDigest: digest, Inputs: inputs,
		}
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	b.candidate = release.Candidate{
		Stamp: s, Accepted: accepted, Migrations: o.facts.Migrations, Tree: string(o.tree.Root()), Commit: string(o.commit),
		Images: b.inputs, LeftOut: left, Packages: b.packages, Unsafe: o.unsafe(),
		Upstream: release.Upstream{URL: o.pin.URL, Ref: o.pin.Ref, Commit: string(o.pin.Commit), Version: o.facts.Version.String(), Schema: o.facts.Schema},
	}
	return b, nil
}

// unsafe is what changes in the tree do that they do not say themselves that they may.
func (o *patched) unsafe() string {
	var all []string
	for _, c := range o.result.Outcomes {
		if what := c.Unsafe(); what != "" && c.Before != c.After {
			all = append(all, what)
		}
	}
	return strings.Join(all, "; ")
}

func describe(name, role string) string {
	if role == config.Streaming {
		return "Mastodon's streaming server, as " + name + " runs it"
	}
	return "Mastodon's web and sidekiq, as " + name + " runs it"
}

// digest is what the series does, as one digest: a label of both images.
func (o *patched) digest() string {
	var b strings.Builder
	for _, c := range o.result.Outcomes {
		if c.Verdict.Applies() {
			fmt.Fprintf(&b, "%s %s\n", c.Change.Sum, c.Change.Name)
		}
	}
	return image.Sum([]byte(b.String()))
}

// packages is the day of Debian's packages: that of the newest release while it is young enough, else today, so that
// security updates come in by themselves but not every build is a new one.
func (p *Pipeline) packages(known *release.Known) string {
	today := p.now.UTC().Format(time.DateOnly)
	if known == nil || known.Newest == nil {
		return today
	}
	day, err := time.Parse(time.DateOnly, known.Newest.Packages)
	if err != nil || p.now.Sub(day) >= p.cfg.MaxAge || day.After(p.now) {
		return today
	}
	return known.Newest.Packages
}

// specInputs joins the inputs of all platforms of an image.
func specInputs(ctx context.Context, s image.Spec) (string, error) {
	var all strings.Builder
	for _, platform := range s.Platforms {
		one, err := s.Inputs(ctx, platform)
		if err != nil {
			return "", err
		}
		all.WriteString(platform + " " + one + "\n")
	}
	return image.Sum([]byte(all.String())), nil
}

// spec is one image in BuildKit's terms.
func (p *Pipeline) spec(ctx context.Context, o *patched, i config.Image, v versions, bases bases, packages string) (image.Spec, error) {
	file, err := p.dockerfile(i)
	if err != nil {
		return image.Spec{}, err
	}
	args, err := p.args(v, packages, file)
	if err != nil {
		return image.Spec{}, err
	}
	from, _, err := file.From(args)
	if err != nil {
		return image.Spec{}, err
	}
	spec := image.Spec{
		Name: i.Name, Role: i.Role, Context: o.tree, Dockerfile: file, Args: args, Bases: map[string]string{}, Platforms: p.cfg.Build.Platforms,
		Secrets: map[string][]byte{}, Proxy: proxies(os.Getenv), Credentials: p.credentials,
	}
	for _, name := range from {
		if where, ok := bases.where[name]; ok {
			spec.Bases[name] = where
		}
	}
	if err := p.reach(&spec); err != nil || i.Role != config.Web {
		return spec, err
	}
	return spec, p.folders(ctx, &spec)
}

// dockerfile reads an image's Dockerfile: the distribution's own, else the tool's.
func (p *Pipeline) dockerfile(i config.Image) (image.Dockerfile, error) {
	file := image.Dockerfile{Name: i.Dockerfile.Name}
	if i.Dockerfile.Abs == "" {
		name := i.Role + ".Dockerfile"
		data, err := fs.ReadFile(docker.Files, name)
		file.Name, file.Data = "docker/"+name, data
		return file, err
	}
	data, err := p.readOwn(i.Dockerfile, files.MaxSmall)
	if err != nil {
		return file, fmt.Errorf("reading the Dockerfile of %s: %w", i.Name, err)
	}
	file.Data = data
	ignore, err := p.readOwn(config.Path{Name: i.Dockerfile.Name + ".dockerignore", Abs: i.Dockerfile.Abs + ".dockerignore"}, files.MaxSmall)
	if err == nil {
		file.Ignore = ignore
	} else if !errors.Is(err, fs.ErrNotExist) {
		return file, fmt.Errorf("reading the Dockerfile of %s: %w", i.Name, err)
	}
	return file, nil
}

// proxies are the variables by which a build reaches out; BuildKit keeps them out of the image.
func proxies(env func(string) string) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
		if v := env(name); v != "" {
			out[name] = v
		}
	}
	return out
}
