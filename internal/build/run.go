package build

import (
	"context"
	"errors"
	"os"

	"github.com/howdah/howdah/internal/deployment"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/imagerun"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/view"
)

// Run runs image:run: it starts both images of the last build on loopback. With check it stops after the checks.
func Run(ctx context.Context, s *session.Session, check bool) (err error) {
	last, err := Last(s)
	if err != nil {
		return err
	}
	layouts := map[string]string{}
	if last != nil {
		for _, i := range last.Images {
			layouts[i.Name] = i.Layout
		}
	}
	if layouts[s.Config.Web.Name] == "" || layouts[s.Config.Streaming.Name] == "" {
		return fault.New(fault.Usage, "both images have to be built first").WithHint("%s", target.ImageBuild.Command())
	}
	version, err := stamp.Parse(last.Version)
	if err != nil {
		return fault.New(fault.Usage, "reading the version of the last build: %w", err).
			WithHint("build again: %s", target.ImageBuild.Command())
	}
	mark := stamp.Stamp{
		Name: s.Config.Name, Version: version, Pin: string(last.Upstream.Commit), Created: last.Upstream.Date,
		Patched: last.Commit, Tree: last.Tree,
		Source: s.Config.Source.Repository, Push: s.Config.Source.Push,
	}
	log, err := createRunLog(s.Config.Result("image-run.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	pipe, end, err := s.Term.Secrets().Pipe(log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	opt := imagerun.Options{Env: mark.Environment(), Dir: s.Config.Cache.In("run"), Say: s.Term.Sayf, Stage: s.Stages(),
		Log:     pipe,
		LogName: log.Name(), Health: deployment.StreamingHealth}
	if opt.Web, err = image.First(layouts[s.Config.Web.Name]); err != nil {
		return err
	}
	if opt.Streaming, err = image.First(layouts[s.Config.Streaming.Name]); err != nil {
		return err
	}
	stage := s.Story.Stage("unpacking the images, starting PostgreSQL and Redis")
	stack, err := imagerun.Start(ctx, opt)
	stage.Close(err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	return proveImages(ctx, s, stack, mark.Shown(), check)
}

// createRunLog creates or empties the log of the images' programs. Only its owner may read it.
func createRunLog(name string) (*os.File, error) {
	log, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := log.Chmod(0o600); err != nil { // it may exist from before
		return nil, errors.Join(err, log.Close())
	}
	return log, nil
}

// proveImages starts the servers and checks them; unless once is set, it keeps them running.
func proveImages(ctx context.Context, s *session.Session, stack *imagerun.Stack, version string, once bool) error {
	stage := s.Story.Stage("loading the database's schema")
	checks := []imagerun.Check{stack.Prepare(ctx)}
	if ctx.Err() != nil {
		stage.Fail()
		return context.Cause(ctx)
	}
	if !checks[0].OK {
		stage.Fail()
		return showChecks(s, checks)
	}
	stage.End("")
	stage = s.Story.Stage("starting web and streaming")
	err := stack.Serve(ctx)
	stage.Close(err)
	if err != nil {
		return errors.Join(err, showChecks(s, checks))
	}
	if !once {
		s.Term.Answerf("%s · web %s · streaming %s · until interrupted", s.Distribution(), stack.Web(), stack.Streaming())
		<-ctx.Done()
		return nil
	}
	stage = s.Story.Stage("looking at what runs")
	checks = append(checks, stack.Checks(ctx, version)...)
	if ctx.Err() != nil {
		stage.Fail()
		return context.Cause(ctx)
	}
	stage.End("%d checks", len(checks))
	return showChecks(s, checks)
}

// showChecks prints the checks, and writes dist/image-run.json.
func showChecks(s *session.Session, checks []imagerun.Check) error {
	failed := 0
	s.Term.Answerf("%s · checks of the running images:", s.Distribution())
	for _, c := range checks {
		state := "ok     "
		switch {
		case c.Skip:
			state = "skipped"
		case !c.OK:
			state = "FAILED "
			failed++
		}
		s.Term.Answerf("%s  %s: %s", state, c.What, c.Says)
	}
	if err := view.WriteJSON(s.Config.Result("image-run.json"), checks, s.Term.Secrets()); err != nil {
		return err
	}
	if failed > 0 {
		return fault.New(fault.Gate, "%d of %d checks failed", failed, len(checks)).
			WithHint("what the programs printed is in %s", s.Config.Result("image-run.log"))
	}
	return nil
}
