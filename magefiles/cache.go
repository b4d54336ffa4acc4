//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Cache is the namespace of cache:…
type Cache mg.Namespace

// Prune brings the caches under [cache] max, the least needed first.
func (Cache) Prune(
	ctx context.Context,
	all *bool, // empty them
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.CachePrune, nil,
		toggle("all", all),
		toggle("dry", dry),
	)
}

// Status shows how much disk the mirrors, BuildKit, layouts and the local registry take.
func (Cache) Status(
	ctx context.Context,
) error {
	return call(ctx, target.CacheStatus, nil)
}
