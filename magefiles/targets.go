//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/howdah/howdah/internal/target"
)

// Bench runs the benchmarks, side by side with the peers that are installed.
func Bench(
	ctx context.Context,
	scenario *string, // instead, a scenario: runner releases upstream's last days on new machines and counts minutes and bytes
) error {
	return call(ctx, target.Bench, nil,
		value("scenario", scenario),
	)
}

// Check runs what CI runs: formatting, vet, staticcheck, actionlint, every test at full length.
func Check(
	ctx context.Context,
	quick *bool, // only formatting, vet and the tests that take seconds: about a minute
) error {
	return call(ctx, target.Check, nil,
		toggle("quick", quick),
	)
}

// Demo runs the whole flow on a miniature of Mastodon, with two registries on this machine.
func Demo(
	ctx context.Context,
	dir *string, // where it works; default dist/demo
) error {
	return call(ctx, target.Demo, nil,
		value("dir", dir),
	)
}

// Dist compiles static binaries of howdah and of BuildKit's daemon into dist/tool/, with SHA256SUMS.
func Dist(
	ctx context.Context,
	platform *string, // only this one of linux/amd64, linux/arm64, darwin/amd64, darwin/arm64
) error {
	return call(ctx, target.Dist, nil,
		value("platform", platform),
	)
}

// Init writes a new distribution: here, or into another folder.
func Init(
	ctx context.Context,
	dir *string, // the folder, which must not have a howdah.toml yet; default this one
	name *string, // the distribution's name; default the folder's
) error {
	return call(ctx, target.Init, nil,
		value("dir", dir),
		value("name", name),
	)
}

// Release fetches upstream, applies the series, builds both images and publishes them as one release.
func Release(
	ctx context.Context,
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	date *string, // the day on which dates of changes are judged, in place of today
	without *string, // leave out these changes
	accept *string, // override these gates, for this run; needs -reason=
	reason *string, // why; the record keeps it
	strict *bool, // exit 3 for landed and partly landed changes and for remarks too
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.Release, nil,
		value("ref", ref),
		value("date", date),
		value("without", without),
		value("accept", accept),
		value("reason", reason),
		toggle("strict", strict),
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// Test runs the tests, the long ones in a short form; what this machine lacks is skipped and counted.
func Test(
	ctx context.Context,
	update *bool, // write golden files and generated pages anew, then look at git diff
) error {
	return call(ctx, target.Test, nil,
		toggle("update", update),
	)
}
