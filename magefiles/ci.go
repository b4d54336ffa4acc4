//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Ci is the namespace of ci:…
type Ci mg.Namespace

// Notice keeps one issue open while a result fails, and closes it when it passes again.
func (Ci) Notice(
	ctx context.Context,
	of string, // patch-check or release
	outcome string, // the step's outcome, as GitHub Actions calls it
) error {
	return call(ctx, target.CINotice, []string{of, outcome})
}
