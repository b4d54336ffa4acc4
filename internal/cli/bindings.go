package cli

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/pipeline"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/suite"
	"github.com/howdah/howdah/internal/target"
)

// bindings are the work of every target.
var bindings = []binding{
	{target: target.Release, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Release(ctx, choice(o))
	}), mistake: func(s *session.Session, err error) error {
		return pipeline.New(s).ReleaseMistake(err)
	}},
	{target: target.Demo, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Demo(ctx, text(o.Dir))
	})},
	{target: target.Init, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Init(ctx, text(o.Dir), text(o.Title))
	})},
	{target: target.UpstreamFetch, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Fetch(ctx, choice(o))
	})},
	{target: target.UpstreamStatus, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.UpstreamStatus(ctx, choice(o))
	})},
	{target: target.UpstreamAck, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Acknowledge(ctx, choice(o))
	})},
	{target: target.PatchCheck, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Check(ctx, choice(o))
	}), mistake: func(s *session.Session, err error) error {
		return pipeline.New(s).CheckMistake(err)
	}},
	{target: target.PatchHistory, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.History(ctx, choice(o), text(o.Start), &o.Months)
	})},
	{target: target.PatchShow, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Show(ctx, choice(o), o.Name)
	})},
	{target: target.PatchDiff, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Diff(ctx, choice(o), text(o.Change))
	})},
	{target: target.PatchCheckout, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Checkout(ctx, choice(o), o.Folder)
	})},
	{target: target.PatchEdit, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Edit(ctx, pipeline.NewEdit{
			Name: o.Name, File: o.File, Find: o.Find, Replace: o.Replace, Why: text(o.Why), Count: &o.Count, Match: &o.Match, Dry: &o.Dry,
		})
	})},
	{target: target.PatchNew, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.New(ctx, choice(o), text(o.Dir), text(o.Change))
	})},
	{target: target.PatchSave, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Save(ctx, text(o.Dir), &o.Dry)
	})},
	{target: target.PatchRefresh, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Refresh(ctx, choice(o), text(o.Change))
	})},
	{target: target.PatchImport, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Import(ctx, choice(o), o.From, pipeline.ImportOptions{Run: o.Run,
			Name: text(o.Title), Why: text(o.Why), Only: joined(o.Only), Without: joined(o.Except),
		})
	})},
	{target: target.PatchExport, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Export(ctx, choice(o), o.Form, text(o.Dir), text(o.Change))
	})},
	{target: target.PatchPin, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.PinChange(ctx, o.Name, text(o.Commit), &o.Dry)
	})},
	{target: target.PatchDrop, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Drop(ctx, choice(o), o.Name, &o.Gone)
	})},
	{target: target.ImageBuild, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.BuildImages(ctx, choice(o), text(o.Image), text(o.Platform))
	})},
	{target: target.ImageVerify, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.VerifyImages(ctx, text(o.Image))
	})},
	{target: target.ImageRun, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.RunImages(ctx, &o.CheckOnly)
	})},
	{target: target.PublishTag, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.Tags(ctx) })},
	{target: target.PublishPush, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error { return p.Push(ctx, choice(o)) })},
	{target: target.PublishServe, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.Serve(ctx) })},
	{target: target.PublishStatus, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.PublishStatus(ctx) })},
	{target: target.PublishResume, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Resume(ctx, &o.All, &o.Dry)
	})},
	{target: target.PublishPromote, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Promote(ctx, choice(o), o.Tag, joined(o.Moving))
	})},
	{target: target.PublishRollback, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Rollback(ctx, choice(o), text(o.To))
	})},
	{target: target.PublishHold, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Hold(ctx, text(o.Reason), &o.Off, &o.Dry)
	})},
	{target: target.PublishPrune, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		var keep *int
		if o.Keep > 0 {
			keep = &o.Keep
		}
		var older *time.Duration
		if o.Older > 0 {
			older = &o.Older
		}
		return p.PrunePublished(ctx, keep, older, &o.Dry)
	})},
	{target: target.PublishDoctor, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.Doctor(ctx) })},
	{target: target.VersionShow, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.ShowVersion(ctx, choice(o))
	})},
	{target: target.VersionAccept, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.AcceptVersion(ctx, choice(o))
	})},
	{target: target.BuilderUp, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.BuilderUp(ctx) })},
	{target: target.BuilderDown, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.BuilderDown(ctx) })},
	{target: target.BuilderStatus, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.BuilderStatus(ctx) })},
	{target: target.BasePin, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.PinBases(ctx, &o.Dry)
	})},
	{target: target.BaseBuild, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.BuildBases(ctx) })},
	{target: target.CacheStatus, work: on(func(ctx context.Context, p *pipeline.Pipeline, _ target.Options) error { return p.CacheStatus(ctx) })},
	{target: target.CachePrune, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.CachePrune(ctx, &o.All, &o.Dry)
	})},
	{target: target.CINotice, work: on(func(ctx context.Context, p *pipeline.Pipeline, o target.Options) error {
		return p.Notice(ctx, o.Of, o.Outcome)
	})},
	{target: target.Test, work: func(ctx context.Context, s *session.Session, _ target.Options) error {
		_, err := suite.Test(ctx, os.Stdout, s.Dir, "./...")
		return err
	}},
	{target: target.Check, work: func(ctx context.Context, s *session.Session, _ target.Options) error {
		return suite.Check(ctx, os.Stdout, s.Dir, "-timeout=40m", "./...")
	}},
	{target: target.Bench, work: func(ctx context.Context, s *session.Session, _ target.Options) error {
		return suite.Bench(ctx, os.Stdout, s.Dir)
	}},
}

// on is the work of a target that the pipeline does.
func on(work func(context.Context, *pipeline.Pipeline, target.Options) error) Work {
	return func(ctx context.Context, s *session.Session, o target.Options) error {
		return work(ctx, pipeline.New(s), o)
	}
}

// choice is what the pipeline knows of options.
func choice(o target.Options) pipeline.Choice {
	c := pipeline.Choice{
		Ref: text(o.Ref), Without: joined(o.Without), Accept: joined(o.Accept), Reason: text(o.Reason),
		Strict: &o.Strict, Offline: &o.Offline, Dry: &o.Dry,
	}
	if !o.Date.IsZero() {
		c.Date = text(o.Date.Format(time.DateOnly))
	}
	return c
}

// text is an option's value; nil where it was not given.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func joined(list []string) *string { return text(strings.Join(list, ",")) }
