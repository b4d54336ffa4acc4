//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Base is the namespace of base:…
type Base mg.Namespace

// Build builds the ruby and node bases from Debian's and npm's packages, for machines that cannot pull.
func (Base) Build(
	ctx context.Context,
) error {
	return call(ctx, target.BaseBuild, nil)
}

// Pin refreshes bases.lock: the digests of the images that the Dockerfiles begin with.
func (Base) Pin(
	ctx context.Context,
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.BasePin, nil,
		toggle("dry", dry),
	)
}
