package cli

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/howdah/howdah/internal/admin"
	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/ship"
	"github.com/howdah/howdah/internal/suite"
	"github.com/howdah/howdah/internal/target"
)

// bindings has the work of every target.
var bindings = slices.Concat(flow, authoring, publishing, machine)

var flow = []binding{
	{target.Release, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.Release(ctx, s, shipped(s, o))
	}, ship.ReleaseMistake},
	{target.Demo, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.Demo(ctx, s, o.Dir)
	}, nil},
	{target.Init, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.Init(ctx, s, o.Dir, o.Title)
	}, nil},
	{target.UpstreamFetch, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.Fetch(ctx, s, chosen(s, o))
	}, nil},
	{target.UpstreamStatus, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.UpstreamStatus(ctx, s, chosen(s, o))
	}, nil},
	{target.UpstreamAck, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.Acknowledge(ctx, s, chosen(s, o), o.Dry)
	}, nil},
	{target.ImageBuild, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.BuildImages(ctx, s, ship.ImageOptions{Candidate: chosen(s, o), Image: o.Image, Platform: o.Platform,
			Dry: o.Dry})
	}, nil},
	{target.ImageVerify, func(ctx context.Context, s *session.Session, o target.Options) error {
		switch {
		case o.Tag != "":
			return ship.RebuildReleased(ctx, s, o.Tag, o.Image)
		case o.Rebuild:
			return build.Rebuild(ctx, s, o.Image)
		}
		return build.VerifyLast(ctx, s, o.Image)
	}, nil},
	{target.ImageWhy, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.WhyImage(ctx, s, ship.ImageOptions{Candidate: chosen(s, o), Image: o.Image})
	}, nil},
	{target.ImageRun, func(ctx context.Context, s *session.Session, o target.Options) error {
		return build.Run(ctx, s, o.CheckOnly)
	}, nil},
	{target.PatchCheck, func(ctx context.Context, s *session.Session, o target.Options) error {
		return candidate.Check(ctx, s, watched(s, o), o.Strict)
	}, candidate.CheckMistake},
	{target.PatchHistory, func(ctx context.Context, s *session.Session, o target.Options) error {
		return candidate.History(ctx, s, chosen(s, o), candidate.HistoryOptions{From: o.Start, Months: o.Months})
	}, nil},
	{target.PatchShow, func(ctx context.Context, s *session.Session, o target.Options) error {
		return candidate.Show(ctx, s, watched(s, o), o.Name)
	}, nil},
	{target.PatchDiff, func(ctx context.Context, s *session.Session, o target.Options) error {
		return candidate.Diff(ctx, s, chosen(s, o), o.Change)
	}, nil},
	{target.PatchFind, func(ctx context.Context, s *session.Session, o target.Options) error {
		return candidate.FindText(ctx, s, chosen(s, o), o.Text)
	}, nil},
	{target.PatchCheckout, func(ctx context.Context, s *session.Session, o target.Options) error {
		return candidate.Checkout(ctx, s, chosen(s, o), o.Folder)
	}, nil},
}

// checkout returns the folder of the tool's source that the run is in.
func checkout(s *session.Session) string {
	if root, ok := config.ToolRoot(s.Dir); ok {
		return root
	}
	return s.Dir
}

var machine = []binding{
	{target.VersionShow, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.ShowVersion(ctx, s, chosen(s, o))
	}, nil},
	{target.VersionAccept, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.AcceptVersion(ctx, s, chosen(s, o), o.Dry)
	}, nil},
	{target.BuilderUp, func(ctx context.Context, s *session.Session, _ target.Options) error {
		return admin.BuilderUp(ctx, s)
	}, nil},
	{target.BuilderDown, func(ctx context.Context, s *session.Session, _ target.Options) error {
		return admin.BuilderDown(ctx, s)
	}, nil},
	{target.BuilderStatus, func(ctx context.Context, s *session.Session, _ target.Options) error {
		return admin.BuilderStatus(ctx, s)
	}, nil},
	{target.BasePin, func(ctx context.Context, s *session.Session, o target.Options) error {
		return build.PinBases(ctx, s, o.Dry)
	}, nil},
	{target.BaseBuild, func(ctx context.Context, s *session.Session, _ target.Options) error {
		return build.BuildBases(ctx, s)
	}, nil},
	{target.CacheStatus, func(ctx context.Context, s *session.Session, _ target.Options) error {
		return admin.CacheStatus(ctx, s)
	}, nil},
	{target.CachePrune, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.CachePrune(ctx, s, o.All, o.Dry)
	}, nil},
	{target.CINotice, func(ctx context.Context, s *session.Session, o target.Options) error {
		return admin.Notice(ctx, s, o.Of, o.Outcome)
	}, nil},
	{target.Test, func(ctx context.Context, s *session.Session, o target.Options) error {
		if o.Update {
			return suite.Update(ctx, s.Stdout, checkout(s))
		}
		return suite.Short(ctx, s.Stdout, checkout(s))
	}, nil},
	{target.Check, func(ctx context.Context, s *session.Session, o target.Options) error {
		if o.Quick {
			return suite.Quick(ctx, s.Stdout, checkout(s))
		}
		return suite.Check(ctx, s.Stdout, checkout(s), "-timeout=40m", "./...")
	}, nil},
	{target.Dist, func(ctx context.Context, s *session.Session, o target.Options) error {
		made := suite.DistOptions{Source: checkout(s), Into: filepath.Join(checkout(s), "dist", "tool"), Stage: s.Stages()}
		if o.Platform != "" {
			made.Platforms = []string{o.Platform}
		}
		return suite.Dist(ctx, s.Stdout, made)
	}, nil},
	{target.Bench, func(ctx context.Context, s *session.Session, o target.Options) error {
		if o.Scenario != "" {
			return suite.Scenario(ctx, s.Stdout, checkout(s))
		}
		return suite.Bench(ctx, s.Stdout, checkout(s))
	}, nil},
}
