//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Show prints what would be stamped into the images. Flags: -ref= -offline
func (Version) Show(ctx context.Context, ref *string, offline *bool) error {
	return run(ctx, "version:show", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.ShowVersion(ctx, pipeline.Choice{Ref: ref, Offline: offline})
	})
}

// Accept accepts upstream's version, a new minor line too: writes VERSION. Flags: -ref= -offline -dry
func (Version) Accept(ctx context.Context, ref *string, offline, dry *bool) error {
	return run(ctx, "version:accept", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.AcceptVersion(ctx, pipeline.Choice{Ref: ref, Offline: offline, Dry: dry})
	})
}

// Up starts the embedded BuildKit and leaves it running.
func (Builder) Up(ctx context.Context) error {
	return run(ctx, "builder:up", func(ctx context.Context, p *pipeline.Pipeline) error { return p.BuilderUp(ctx) })
}

// Down stops the embedded BuildKit.
func (Builder) Down(ctx context.Context) error {
	return run(ctx, "builder:down", func(ctx context.Context, p *pipeline.Pipeline) error { return p.BuilderDown(ctx) })
}

// Status tells which BuildKit would build, and how it is.
func (Builder) Status(ctx context.Context) error {
	return run(ctx, "builder:status", func(ctx context.Context, p *pipeline.Pipeline) error { return p.BuilderStatus(ctx) })
}

// Pin refreshes bases.lock: the digests of the images that the Dockerfiles begin with. Flags: -dry
func (Base) Pin(ctx context.Context, dry *bool) error {
	return run(ctx, "base:pin", func(ctx context.Context, p *pipeline.Pipeline) error { return p.PinBases(ctx, dry) })
}

// Build makes the ruby and node bases from Debian's and npm's packages, for machines that cannot pull.
func (Base) Build(ctx context.Context) error {
	return run(ctx, "base:build", func(ctx context.Context, p *pipeline.Pipeline) error { return p.BuildBases(ctx) })
}

// Status tells how much disk the mirrors, BuildKit, layouts and the loopback registry take.
func (Cache) Status(ctx context.Context) error {
	return run(ctx, "cache:status", func(ctx context.Context, p *pipeline.Pipeline) error { return p.CacheStatus(ctx) })
}

// Prune brings the caches under [cache] max, the least needed first; -all empties them. Flags: -all -dry
func (Cache) Prune(ctx context.Context, all, dry *bool) error {
	return run(ctx, "cache:prune", func(ctx context.Context, p *pipeline.Pipeline) error { return p.CachePrune(ctx, all, dry) })
}
