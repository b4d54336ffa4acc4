//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Release does the whole flow: fetch, patch, build, stamp, tag, publish; nothing, quickly, when nothing changed.
// Flags: -ref= -date= -without=NAME,… -accept=GATE,… -reason=TEXT -strict -offline -dry
func Release(ctx context.Context, ref, date, without, accept, reason *string, strict, offline, dry *bool) error {
	return run(ctx, "release", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Release(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Accept: accept, Reason: reason, Strict: strict, Offline: offline, Dry: dry})
	})
}

// Demo does the whole flow on the bundled miniature, with registries on this machine: no account, no Docker, no GitHub.
func Demo(ctx context.Context, dir *string) error {
	return run(ctx, "demo", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Demo(ctx, dir) })
}

// Init writes a new distribution into another folder: -dir=../mine -name=example.
func Init(ctx context.Context, dir, name *string) error {
	return run(ctx, "init", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Init(ctx, dir, name) })
}
