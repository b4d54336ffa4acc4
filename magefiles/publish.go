//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Publish is the namespace of publish:…
type Publish mg.Namespace

// Compose prints a release's compose.yaml: its images, as an override for Mastodon's own docker-compose.yml.
func (Publish) Compose(
	ctx context.Context,
	to *string, // the release; default the newest
	before *bool, // the release to which publish:rollback would go back
) error {
	return call(ctx, target.PublishCompose, nil,
		value("to", to),
		toggle("before", before),
	)
}

// Doctor checks account, rights and anonymous pull, for each registry and image, in seconds.
func (Publish) Doctor(
	ctx context.Context,
	setup *bool, // go through the steps from nothing to releases by GitHub, and show the next
) error {
	return call(ctx, target.PublishDoctor, nil,
		toggle("setup", setup),
	)
}

// Hold keeps releases from publishing until publish:hold -off.
func (Publish) Hold(
	ctx context.Context,
	reason *string, // why; publish:status shows it
	off *bool, // lift the hold
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PublishHold, nil,
		value("reason", reason),
		toggle("off", off),
		toggle("dry", dry),
	)
}

// Promote moves further tags to a release, without a build.
func (Publish) Promote(
	ctx context.Context,
	tag string, // the release's tag
	to *string, // the tags to move; default [publish] moving
	accept *string, // override these gates, for this run; needs -reason=
	reason *string, // why; the record keeps it
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PublishPromote, []string{tag},
		value("to", to),
		value("accept", accept),
		value("reason", reason),
		toggle("dry", dry),
	)
}

// Prune removes build tags older than two weeks, and releases beyond -keep=.
func (Publish) Prune(
	ctx context.Context,
	keep *string, // keep only the newest N releases; default all
	older *string, // remove build tags that are older
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PublishPrune, nil,
		value("keep", keep),
		value("older", older),
		toggle("dry", dry),
	)
}

// Push publishes exactly the last build of image:build.
func (Publish) Push(
	ctx context.Context,
	accept *string, // override these gates, for this run; needs -reason=
	reason *string, // why; the record keeps it
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PublishPush, nil,
		value("accept", accept),
		value("reason", reason),
		toggle("dry", dry),
	)
}

// Resume finishes a release that was interrupted: uploads and tags only what is missing.
func (Publish) Resume(
	ctx context.Context,
	all *bool, // read every blob of the newest release whole, at every registry, and send again what is wrong
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PublishResume, nil,
		toggle("all", all),
		toggle("dry", dry),
	)
}

// Rollback publishes an earlier release again under a new tag, and sets a hold.
func (Publish) Rollback(
	ctx context.Context,
	to *string, // the release to go back to; default the one before
	accept *string, // override these gates, for this run; needs -reason=
	reason *string, // why; the record keeps it
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PublishRollback, nil,
		value("to", to),
		value("accept", accept),
		value("reason", reason),
		toggle("dry", dry),
	)
}

// Serve keeps the registry on this machine up until it is interrupted.
func (Publish) Serve(
	ctx context.Context,
) error {
	return call(ctx, target.PublishServe, nil)
}

// Status compares every registry with the record of the newest release.
func (Publish) Status(
	ctx context.Context,
) error {
	return call(ctx, target.PublishStatus, nil)
}

// Tag prints the tags that publish:push would give the last build.
func (Publish) Tag(
	ctx context.Context,
) error {
	return call(ctx, target.PublishTag, nil)
}
