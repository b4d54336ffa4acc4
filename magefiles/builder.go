//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Builder is the namespace of builder:…
type Builder mg.Namespace

// Down stops the embedded BuildKit.
func (Builder) Down(
	ctx context.Context,
) error {
	return call(ctx, target.BuilderDown, nil)
}

// Status shows which BuildKit is used, and its state.
func (Builder) Status(
	ctx context.Context,
) error {
	return call(ctx, target.BuilderStatus, nil)
}

// Up starts the embedded BuildKit and leaves it running.
func (Builder) Up(
	ctx context.Context,
) error {
	return call(ctx, target.BuilderUp, nil)
}
