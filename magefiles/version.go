//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Version is the namespace of version:…
type Version mg.Namespace

// Accept accepts upstream's version, a new minor line too: writes VERSION.
func (Version) Accept(
	ctx context.Context,
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.VersionAccept, nil,
		value("ref", ref),
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// Show prints what would be stamped into the images.
func (Version) Show(
	ctx context.Context,
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.VersionShow, nil,
		value("ref", ref),
		toggle("offline", offline),
	)
}
