//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Fetch brings the mirror up to date and writes the pin. Flags: -ref= -offline
func (Upstream) Fetch(ctx context.Context, ref *string, offline *bool) error {
	return run(ctx, "upstream:fetch", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Fetch(ctx, pipeline.Choice{Ref: ref, Offline: offline})
	})
}

// Status tells what moved upstream since the last release, watched files included. Flags: -ref= -date= -offline
func (Upstream) Status(ctx context.Context, ref, date *string, offline *bool) error {
	return run(ctx, "upstream:status", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.UpstreamStatus(ctx, pipeline.Choice{Ref: ref, Date: date, Offline: offline})
	})
}

// Ack acknowledges what changed in the watched files: writes watch.lock. Flags: -ref= -offline -dry
func (Upstream) Ack(ctx context.Context, ref *string, offline, dry *bool) error {
	return run(ctx, "upstream:ack", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Acknowledge(ctx, pipeline.Choice{Ref: ref, Offline: offline, Dry: dry})
	})
}
