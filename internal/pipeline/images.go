package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/upstream"
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

// layout is where an image's OCI layout lies.
func (p *Pipeline) layout(name string) string { return p.cfg.Result("images", name) }

// build builds images, at once, but for those whose layouts hold just that already. The results come in the order of
// the specs; after an error one without a digest was not built.
func (p *Pipeline) build(ctx context.Context, b *builder.Builder, specs []image.Spec, inputs map[string]string) ([]image.Result, error) {
	results := make([]image.Result, len(specs))
	var orders []image.Order
	var at []int // of each order, in specs
	for n, spec := range specs {
		if last := p.builtAlready(spec.Name, inputs[spec.Name]); last != nil {
			p.term.Sayf("%s: built already (%s)", spec.Name, short(last.Digest))
			results[n] = *last
			continue
		}
		stage := p.story.Stage("building " + spec.Name)
		defer stage.Fail() // if it has not ended
		orders, at = append(orders, image.Order{Spec: spec, Dir: p.layout(spec.Name), Told: func(r image.Result, err error) { tellBuild(stage, r, err) }}), append(at, n)
	}
	if len(orders) == 0 {
		return results, nil
	}
	console, back, ok := p.term.Console()
	show := image.Progress{Console: console}
	if !ok {
		show.Out = p.story.Writer()
	}
	made, err := image.BuildAll(ctx, b, orders, show)
	back()
	for i, r := range made {
		results[at[i]] = r
	}
	return results, err
}

// builtAlready is the image that an earlier run left of the same inputs, nil when there is none.
func (p *Pipeline) builtAlready(name, inputs string) *image.Result {
	last, err := p.lastBuild()
	if err != nil || last == nil {
		return nil
	}
	for _, i := range last.Images {
		if i.Name == name && i.Inputs == inputs && image.Check(i.Layout) == nil {
			return &image.Result{Name: i.Name, Dir: i.Layout, Digest: i.Digest, Bytes: i.Bytes}
		}
	}
	return nil
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

// built is dist/image-build.json: what image:build made, and of what.
type built struct {
	Built    time.Time    `json:"built"`
	Upstream upstream.Pin `json:"upstream"`
	Date     string       `json:"date"`
	Without  []string     `json:"without"`
	Tree     string       `json:"tree"`
	Commit   string       `json:"commit"`
	Packages string       `json:"packages"`
	Version  string       `json:"version"` // upstream's
	Inputs   string       `json:"inputs"`  // of the release
	Images   []builtImage `json:"images"`
}

type builtImage struct {
	Name      string   `json:"name"`
	Layout    string   `json:"layout"`
	Digest    string   `json:"digest"`
	Inputs    string   `json:"inputs"`
	Platforms []string `json:"platforms"`
	Bytes     int64    `json:"bytes"`
}

// lastBuild reads dist/image-build.json; nil where nothing was built.
func (p *Pipeline) lastBuild() (*built, error) {
	data, err := os.ReadFile(p.cfg.Result("image-build.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var b built
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fault.New(fault.Usage, "reading dist/image-build.json: %w", err).WithHint("remove it, and build again: %s", p.caller.Line("image:build"))
	}
	return &b, nil
}

// remember writes dist/image-build.json, keeping images of the same inputs that were not built now.
func (p *Pipeline) remember(b *build, results []image.Result) error {
	out := built{
		Built: p.now.UTC().Truncate(time.Second), Upstream: b.pin, Date: b.day.Format(time.DateOnly), Without: list(b.choice.Without),
		Tree: string(b.tree.Root()), Commit: string(b.commit), Packages: b.packages, Version: b.facts.Version.String(), Inputs: b.candidate.Inputs(), Images: []builtImage{},
	}
	before, err := p.lastBuild()
	if err == nil && before != nil {
		for _, i := range before.Images {
			if b.inputs[i.Name] == i.Inputs {
				out.Images = append(out.Images, i)
			}
		}
	}
	for n, r := range results {
		if r.Digest == "" {
			continue
		}
		out.Images = slices.DeleteFunc(out.Images, func(i builtImage) bool { return i.Name == r.Name })
		out.Images = append(out.Images, builtImage{Name: r.Name, Layout: r.Dir, Digest: r.Digest, Inputs: b.inputs[r.Name], Platforms: b.specs[n].Platforms, Bytes: r.Bytes})
	}
	return report.WriteJSON(p.cfg.Result("image-build.json"), out, p.term.Secrets())
}

// BuildImages is image:build.
func (p *Pipeline) BuildImages(ctx context.Context, c Choice, name, platform *string) error {
	return p.at(ctx, c, func(r *resolved) error {
		patched, err := p.patch(ctx, r)
		if err != nil {
			return err
		}
		b, err := p.plan(ctx, patched, p.known(ctx))
		if err != nil {
			return err
		}
		if err := p.narrow(b, name, platform); err != nil {
			return err
		}
		if set(c.Dry) {
			for _, spec := range b.specs {
				p.term.Answerf("%s", spec.Line("mastodon", p.secretFiles()))
			}
			return nil
		}
		if err := p.complete(ctx, b); err != nil {
			return err
		}
		builder := p.builder()
		defer closeQuietly(builder)
		results, err := p.build(ctx, builder, b.specs, b.inputs)
		if err != nil {
			return errors.Join(err, p.remember(b, results))
		}
		for _, r := range results {
			p.term.Answerf("%s %s %s", r.Name, r.Digest, r.Dir)
		}
		return p.remember(b, results)
	})
}

// narrow leaves in a build what -image= and -platform= name.
func (p *Pipeline) narrow(b *build, name, platform *string) error {
	if name != nil {
		b.specs = slices.DeleteFunc(b.specs, func(s image.Spec) bool { return s.Name != text(name) && s.Role != text(name) })
		if len(b.specs) == 0 {
			return fault.New(fault.Usage, "there is no image %q", text(name)).WithHint("-image= takes %s or %s", p.cfg.Web.Name, p.cfg.Streaming.Name)
		}
	}
	if platform == nil {
		return nil
	}
	if !slices.Contains(p.cfg.Build.Platforms, text(platform)) {
		return fault.New(fault.Usage, "platform %q is not among [build] platforms", text(platform)).WithHint("there are %s", strings.Join(p.cfg.Build.Platforms, ", "))
	}
	for i := range b.specs {
		b.specs[i].Platforms = []string{text(platform)}
	}
	return nil
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

// known is what the registries hold, where they can be asked: image:build works without them too.
func (p *Pipeline) known(ctx context.Context) *release.Known {
	out, err := p.publisher(ctx)
	if err != nil {
		return nil
	}
	defer func() { _ = out.close() }()
	known, err := release.Read(ctx, out.client, out.settings)
	if err != nil {
		return nil
	}
	return known
}
