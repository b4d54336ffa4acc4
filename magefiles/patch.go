//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Check tells whether every change still applies: one line each, all failures. Flags: -ref= -date= -without= -strict -offline
func (Patch) Check(ctx context.Context, ref, date, without *string, strict, offline *bool) error {
	return run(ctx, "patch:check", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Check(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Strict: strict, Offline: offline})
	})
}

// History tells the series' fate over upstream's history, with pictures. Flags: -ref= -from= -months=12 -offline
func (Patch) History(ctx context.Context, ref, from *string, months *int, offline *bool) error {
	return run(ctx, "patch:history", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.History(ctx, pipeline.Choice{Ref: ref, Offline: offline}, from, months)
	})
}

// Show prints one change, its verdict and its diff. Flags: -ref= -offline
func (Patch) Show(ctx context.Context, name string, ref *string, offline *bool) error {
	return run(ctx, "patch:show", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Show(ctx, pipeline.Choice{Ref: ref, Offline: offline}, name)
	})
}

// Diff prints what the series, or one change, does to the tree. Flags: -change=NAME -ref= -offline
func (Patch) Diff(ctx context.Context, change, ref, date, without *string, offline *bool) error {
	return run(ctx, "patch:diff", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Diff(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Offline: offline}, change)
	})
}

// Checkout writes the whole patched tree into a new folder. Flags: -ref= -without= -offline
func (Patch) Checkout(ctx context.Context, dir string, ref, date, without *string, offline *bool) error {
	return run(ctx, "patch:checkout", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Checkout(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Offline: offline}, dir)
	})
}
