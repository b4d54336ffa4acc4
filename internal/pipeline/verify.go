package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/base"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/inspect"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
)

// verify holds the built images against the rules of their roles, all of them before it says what is wrong.
func (p *Pipeline) verify(ctx context.Context, b *build, images []release.Image) error {
	var found []error
	for n, i := range images {
		if i.Layout == "" {
			continue // verified when it was published first
		}
		err := p.inspect(ctx, i.Name, i.Layout, b.specs[n].Role)
		if err != nil && fault.CodeOf(err) != fault.Gate {
			return err
		}
		found = append(found, err)
	}
	return errors.Join(found...)
}

// inspect holds one image against the rules of its role.
func (p *Pipeline) inspect(ctx context.Context, name, layout, role string) error {
	index, err := image.Open(layout)
	if err != nil {
		return err
	}
	_, err = inspect.Verify(ctx, name, index, p.rules(role), p.canaries())
	return err
}

// rules are those of an image's role in this distribution.
func (p *Pipeline) rules(role string) inspect.Rules {
	r := inspect.For(inspect.Role(role))
	r.Debian = p.cfg.Build.Debian
	if made, err := base.Made(p.cfg.Cache.In("bases"), p.cfg.Build.Debian); err == nil && len(made) > 0 {
		r.Plain = base.Packaged(p.cfg.Build.Debian)
	}
	return r
}

// canaries are the secrets that are known by now: none may be in an image.
func (p *Pipeline) canaries() []string {
	return slices.DeleteFunc(p.term.Secrets().Values(), func(s string) bool { return len(s) < 12 }) // too short to tell from chance
}

// VerifyImages is image:verify: what is in the images of the last build, and whether that is as it should be.
func (p *Pipeline) VerifyImages(ctx context.Context, name *string) error {
	last, err := p.lastBuild()
	if err != nil {
		return err
	}
	if last == nil || len(last.Images) == 0 {
		return fault.New(fault.Usage, "nothing is built yet").WithHint("%s", target.ImageBuild.Command())
	}
	roles := map[string]string{p.cfg.Web.Name: config.Web, p.cfg.Streaming.Name: config.Streaming}
	var found error
	seen := 0
	results := map[string][]inspect.Report{}
	for _, i := range last.current() {
		if name != nil && text(name) != i.Name && text(name) != roles[i.Name] {
			continue
		}
		seen++
		if err := image.Check(i.Layout); err != nil {
			return err
		}
		index, err := image.Open(i.Layout)
		if err != nil {
			return err
		}
		stage := p.story.Stage("reading " + i.Name)
		reports, err := inspect.Verify(ctx, i.Name, index, p.rules(roles[i.Name]), p.canaries())
		stage.Close(err)
		results[i.Name] = append(results[i.Name], reports...)
		for _, r := range reports {
			p.tellFacts(i.Name, r)
		}
		if err != nil {
			if fault.CodeOf(err) != fault.Gate {
				return err
			}
			found = err
		}
	}
	if seen == 0 {
		return fault.New(fault.Usage, "there is no image %q in the last build", text(name))
	}
	if err := report.WriteJSON(p.cfg.Result("image-verify.json"), results, p.term.Secrets()); err != nil {
		return err
	}
	return found
}

func (p *Pipeline) tellFacts(name string, r inspect.Report) {
	f := r.Facts
	yes := map[bool]string{true: "yes", false: "no"}
	p.term.Answerf("%s %s  %s", name, f.Platform, short(f.Digest))
	for _, row := range [][2]string{
		{"Debian", f.Debian}, {"Ruby", f.Ruby}, {"YJIT", yes[f.YJIT]}, {"Node", f.Node}, {"jemalloc", f.Jemalloc}, {"user", f.User},
		{"entrypoint", strings.Join(f.Entrypoint, " ")}, {"set-id files", fmt.Sprint(len(f.SetID))},
		{"content", fmt.Sprintf("%d files, %s", f.Files, report.Size(f.Bytes))},
	} {
		if row[1] != "" {
			p.term.Answerf("  %-13s %s", row[0], row[1])
		}
	}
	for _, finding := range r.Findings {
		p.term.Answerf("  refused: %s", finding)
	}
}
