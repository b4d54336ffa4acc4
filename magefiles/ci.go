//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Notice keeps one issue open while a result fails, and closes it when it is green: patch-check or release, and the step's outcome.
func (Ci) Notice(ctx context.Context, of, outcome string) error {
	return run(ctx, "ci:notice", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Notice(ctx, of, outcome) })
}
