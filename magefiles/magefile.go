//go:build mage

// Howdah rides Mastodon's main: it fetches the newest commit, applies a series of changes, builds the web and the
// streaming image, and publishes both as one release. `release` does it all; docs/ explains each target.
package main

import (
	"context"
	"os"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/pipeline"
)

// The namespaces; each has its file.
type (
	Upstream mg.Namespace
	Patch    mg.Namespace
	Image    mg.Namespace
	Publish  mg.Namespace
	Version  mg.Namespace
	Builder  mg.Namespace
	Base     mg.Namespace
	Cache    mg.Namespace
	Ci       mg.Namespace
)

// run does a target's work and ends the process with its exit code: mage itself would print the error once more.
func run(ctx context.Context, target string, work func(context.Context, *pipeline.Pipeline) error) error {
	if code := pipeline.Run(ctx, target, work); code != 0 {
		os.Exit(code)
	}
	return nil
}
