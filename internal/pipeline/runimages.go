package pipeline

import (
	"context"
	"errors"
	"os"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/report"
	runner "github.com/howdah/howdah/internal/run"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// RunImages is image:run: both images of the last build, for real, on loopback.
func (p *Pipeline) RunImages(ctx context.Context, check *bool) (err error) {
	last, err := p.lastBuild()
	if err != nil {
		return err
	}
	layouts := map[string]string{}
	if last != nil {
		for _, i := range last.Images {
			layouts[i.Name] = i.Layout
		}
	}
	if layouts[p.cfg.Web.Name] == "" || layouts[p.cfg.Streaming.Name] == "" {
		return fault.New(fault.Usage, "both images have to be built first").WithHint("%s", target.ImageBuild.Command())
	}
	version, err := stamp.Parse(last.Version)
	if err != nil {
		return fault.New(fault.Usage, "reading the version of the last build: %w", err).WithHint("build again: %s", target.ImageBuild.Command())
	}
	s := stamp.Stamp{
		Name: p.cfg.Name, Version: version, Pin: string(last.Upstream.Commit), Created: last.Upstream.Date, Patched: last.Commit, Tree: last.Tree,
		Source: p.cfg.Source.Repository, Push: p.cfg.Source.Push,
	}
	log, err := os.Create(p.cfg.Result("image-run.log"))
	if err != nil {
		return err
	}
	defer closeQuietly(log)
	opt := runner.Options{Env: s.Environment(), Dir: p.cfg.Cache.In("run"), Say: p.term.Sayf, Log: log}
	if opt.Web, err = image.First(layouts[p.cfg.Web.Name]); err != nil {
		return err
	}
	if opt.Streaming, err = image.First(layouts[p.cfg.Streaming.Name]); err != nil {
		return err
	}
	stage := p.story.Stage("unpacking the images, starting PostgreSQL and Redis")
	stack, err := runner.Start(ctx, opt)
	stage.Close(err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	return p.proveImages(ctx, stack, s.Shown(), set(check))
}

// proveImages starts the servers, looks at them, and without check keeps them up.
func (p *Pipeline) proveImages(ctx context.Context, stack *runner.Stack, version string, once bool) error {
	stage := p.story.Stage("loading the database's schema")
	checks := []runner.Check{stack.Prepare(ctx)}
	if ctx.Err() != nil {
		stage.Fail()
		return context.Cause(ctx)
	}
	if !checks[0].OK {
		stage.Fail()
		return p.tellChecks(checks)
	}
	stage.End("")
	stage = p.story.Stage("starting web and streaming")
	err := stack.Serve(ctx)
	stage.Close(err)
	if err != nil {
		return errors.Join(err, p.tellChecks(checks))
	}
	if !once {
		p.term.Answerf("web %s · streaming %s · until interrupted", stack.Web(), stack.Streaming())
		<-ctx.Done()
		return nil
	}
	stage = p.story.Stage("looking at what runs")
	checks = append(checks, stack.Checks(ctx, version)...)
	if ctx.Err() != nil {
		stage.Fail()
		return context.Cause(ctx)
	}
	stage.End("%d checks", len(checks))
	return p.tellChecks(checks)
}

// tellChecks prints what was looked at, and writes dist/image-run.json.
func (p *Pipeline) tellChecks(checks []runner.Check) error {
	failed := 0
	for _, c := range checks {
		state := "ok     "
		switch {
		case c.Skip:
			state = "skipped"
		case !c.OK:
			state = "FAILED "
			failed++
		}
		p.term.Answerf("%s  %s: %s", state, c.What, c.Says)
	}
	if err := report.WriteJSON(p.cfg.Result("image-run.json"), checks, p.term.Secrets()); err != nil {
		return err
	}
	if failed > 0 {
		return fault.New(fault.Gate, "%d of %d checks failed", failed, len(checks)).WithHint("what the programs printed is in %s", p.cfg.Result("image-run.log"))
	}
	return nil
}
