//go:build mage

package main

import (
	"context"
	"time"

	"github.com/howdah/howdah/internal/pipeline"
)

// Tag prints the tags that publish:push would give the last build.
func (Publish) Tag(ctx context.Context) error {
	return run(ctx, "publish:tag", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Tags(ctx) })
}

// Push publishes exactly the last build of image:build. Flags: -accept=GATE,… -reason=TEXT -dry
func (Publish) Push(ctx context.Context, accept, reason *string, dry *bool) error {
	return run(ctx, "publish:push", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Push(ctx, pipeline.Choice{Accept: accept, Reason: reason, Dry: dry})
	})
}

// Serve keeps the registry on loopback up until it is interrupted.
func (Publish) Serve(ctx context.Context) error {
	return run(ctx, "publish:serve", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Serve(ctx) })
}

// Status compares every registry with the record of the newest release.
func (Publish) Status(ctx context.Context) error {
	return run(ctx, "publish:status", func(ctx context.Context, p *pipeline.Pipeline) error { return p.PublishStatus(ctx) })
}

// Resume finishes a release that was interrupted: uploads and moves only what is missing. Flags: -dry
func (Publish) Resume(ctx context.Context, dry *bool) error {
	return run(ctx, "publish:resume", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Resume(ctx, dry) })
}

// Promote moves further tags to a release, without a build: TAG, -to=latest,… Flags: -accept=GATE,… -reason=TEXT -dry
func (Publish) Promote(ctx context.Context, tag string, to, accept, reason *string, dry *bool) error {
	return run(ctx, "publish:promote", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Promote(ctx, pipeline.Choice{Accept: accept, Reason: reason, Dry: dry}, tag, to)
	})
}

// Rollback gives an earlier release's images a new tag, moves the moving ones to it, and sets a hold: -to=TAG (default: the one before). Flags: -reason=TEXT -accept= -dry
func (Publish) Rollback(ctx context.Context, to, accept, reason *string, dry *bool) error {
	return run(ctx, "publish:rollback", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Rollback(ctx, pipeline.Choice{Accept: accept, Reason: reason, Dry: dry}, to)
	})
}

// Hold keeps scheduled releases from publishing until `publish:hold -off`. Flags: -reason=TEXT -off -dry
func (Publish) Hold(ctx context.Context, reason *string, off, dry *bool) error {
	return run(ctx, "publish:hold", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Hold(ctx, reason, off, dry) })
}

// Prune removes build tags older than two weeks, and releases beyond -keep=. Flags: -keep=N -older=336h -dry
func (Publish) Prune(ctx context.Context, keep *int, older *time.Duration, dry *bool) error {
	return run(ctx, "publish:prune", func(ctx context.Context, p *pipeline.Pipeline) error { return p.PrunePublished(ctx, keep, older, dry) })
}

// Doctor tests account, rights and anonymous pull, for each registry and image, in seconds.
func (Publish) Doctor(ctx context.Context) error {
	return run(ctx, "publish:doctor", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Doctor(ctx) })
}
