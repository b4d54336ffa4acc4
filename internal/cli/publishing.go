package cli

import (
	"context"

	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/ship"
	"github.com/howdah/howdah/internal/target"
)

// publishing has the work of the targets of releases.
var publishing = []binding{
	{target.PublishTag, func(ctx context.Context, s *session.Session, _ target.Options) error {
		return ship.Tags(ctx, s)
	}, nil},
	{target.PublishPush, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.Push(ctx, s, shipped(s, o))
	}, nil},
	{target.PublishServe,
		func(ctx context.Context, s *session.Session, _ target.Options) error { return ship.Serve(ctx, s) }, nil},
	{target.PublishStatus,
		func(ctx context.Context, s *session.Session, _ target.Options) error { return ship.Status(ctx, s) }, nil},
	{target.PublishCompose, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.Compose(ctx, s, o.To, o.Before)
	}, nil},
	{target.PublishResume, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.Resume(ctx, s, o.All, o.Dry)
	}, nil},
	{target.PublishPromote, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.Promote(ctx, s, shipped(s, o), o.Tag, o.Moving)
	}, nil},
	{target.PublishRollback, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.Rollback(ctx, s, shipped(s, o), o.To)
	}, nil},
	{target.PublishHold, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.Hold(ctx, s, accepted(s, o).Reason, o.Off, o.Dry)
	}, nil},
	{target.PublishPrune, func(ctx context.Context, s *session.Session, o target.Options) error {
		return ship.Prune(ctx, s, o.Keep, o.Older, o.Dry)
	}, nil},
	{target.PublishDoctor,
		func(ctx context.Context, s *session.Session, o target.Options) error {
			if o.Setup {
				return ship.Setup(ctx, s)
			}
			return ship.Doctor(ctx, s)
		}, nil},
}
