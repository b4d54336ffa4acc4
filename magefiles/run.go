//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Run runs both built images with PostgreSQL and Redis on loopback; with -check it proves that they work, and ends.
func (Image) Run(ctx context.Context, check *bool) error {
	return run(ctx, "image:run", func(ctx context.Context, p *pipeline.Pipeline) error { return p.RunImages(ctx, check) })
}
