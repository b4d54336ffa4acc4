//go:build mage

package main

import (
	"context"
	"os"

	"github.com/howdah/howdah/internal/pipeline"
	"github.com/howdah/howdah/internal/suite"
)

// Test runs the tests; what this machine lacks is skipped aloud and counted.
func Test(ctx context.Context) error {
	return run(ctx, "test", func(ctx context.Context, _ *pipeline.Pipeline) error {
		_, err := suite.Test(ctx, os.Stdout, ".", "./...")
		return err
	})
}

// Check does what CI does: formatting, vet, staticcheck, actionlint, tests.
func Check(ctx context.Context) error {
	return run(ctx, "check", func(ctx context.Context, _ *pipeline.Pipeline) error {
		return suite.Check(ctx, os.Stdout, ".", "-timeout=40m", "./...")
	})
}

// Bench runs the benchmarks, side by side with the peers that are installed.
func Bench(ctx context.Context) error {
	return run(ctx, "bench", func(ctx context.Context, _ *pipeline.Pipeline) error {
		return suite.Bench(ctx, os.Stdout, ".")
	})
}
