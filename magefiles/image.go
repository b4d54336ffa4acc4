//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Build builds the images into dist/. Flags: -image= -platform= -ref= -date= -without= -offline -dry (prints the equal docker build lines)
func (Image) Build(ctx context.Context, image, platform, ref, date, without *string, offline, dry *bool) error {
	return run(ctx, "image:build", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.BuildImages(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Offline: offline, Dry: dry}, image, platform)
	})
}

// Verify checks the content of the built images without running them. Flags: -image=
func (Image) Verify(ctx context.Context, image *string) error {
	return run(ctx, "image:verify", func(ctx context.Context, p *pipeline.Pipeline) error { return p.VerifyImages(ctx, image) })
}
