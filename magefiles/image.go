//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Image is the namespace of image:…
type Image mg.Namespace

// Build builds the images into dist/.
func (Image) Build(
	ctx context.Context,
	image *string, // only this image: its name, web or streaming
	platform *string, // only this one of [build] platforms
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	date *string, // the day on which dates of changes are judged, in place of today
	without *string, // leave out these changes
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.ImageBuild, nil,
		value("image", image),
		value("platform", platform),
		value("ref", ref),
		value("date", date),
		value("without", without),
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// Run runs both built images with PostgreSQL and Redis on this machine.
func (Image) Run(
	ctx context.Context,
	check *bool, // check that they work, then stop
) error {
	return call(ctx, target.ImageRun, nil,
		toggle("check", check),
	)
}

// Verify checks the content of the built images without running them.
func (Image) Verify(
	ctx context.Context,
	image *string, // only this image: its name, web or streaming
	rebuild *bool, // build them once more, from nothing, and compare
	of *string, // with -rebuild, compare with this release's images at the registries
) error {
	return call(ctx, target.ImageVerify, nil,
		value("image", image),
		toggle("rebuild", rebuild),
		value("of", of),
	)
}

// Why shows which inputs of an image differ from the newest release's, and what is built again.
func (Image) Why(
	ctx context.Context,
	image string, // an image's name, or web or streaming
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	date *string, // the day on which dates of changes are judged, in place of today
	without *string, // leave out these changes
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.ImageWhy, []string{image},
		value("ref", ref),
		value("date", date),
		value("without", without),
		toggle("offline", offline),
	)
}
