//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Upstream is the namespace of upstream:…
type Upstream mg.Namespace

// Ack acknowledges what changed in the watched files: writes watch.lock.
func (Upstream) Ack(
	ctx context.Context,
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.UpstreamAck, nil,
		value("ref", ref),
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// Fetch fetches upstream into the mirror and writes the pin to dist/upstream-fetch.json.
func (Upstream) Fetch(
	ctx context.Context,
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.UpstreamFetch, nil,
		value("ref", ref),
		toggle("offline", offline),
	)
}

// Status shows what moved upstream since the last release, watched files included.
func (Upstream) Status(
	ctx context.Context,
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	date *string, // the day on which dates of changes are judged, in place of today
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.UpstreamStatus, nil,
		value("ref", ref),
		value("date", date),
		toggle("offline", offline),
	)
}
