package release

import (
	"context"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// Known is what the registries hold of a distribution.
type Known struct {
	Newest  *Record // the newest release or rollback; nil before the first
	Digest  string  // of its artifact
	Highest stamp.Version
	Hold    *HoldState
	Tags    []stamp.Tag      // all releases', oldest first
	Errors  map[string]error // registries that could not be read, by name
}

// HoldState says that scheduled releases wait.
type HoldState struct {
	On     bool      `json:"on"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason"`
}

var errLater = fault.New(fault.Other, "not there yet")

// Read asks every registry what it holds. It fails only if none that is required answers.
func Read(ctx context.Context, c *registry.Client, s Settings) (*Known, error) { return nil, errLater }

// Prepare judges a candidate before anything is built: rights, gates, the hold, what is already there. ancestor may be
// nil. scheduled false means that a person runs it by hand; a hold stops both, -accept=hold lets pass.
func Prepare(ctx context.Context, c *registry.Client, s Settings, known *Known, candidate Candidate, accept Accept, ancestor Ancestor, now time.Time) (*Plan, error) {
	return nil, errLater
}

// Reuse finds an image with these inputs at a registry, so that it need not be built. nil: there is none.
func Reuse(ctx context.Context, c *registry.Client, s Settings, known *Known, image, inputs string) (*Found, error) {
	return nil, errLater
}

// Keep uploads the build of one platform under its inputs' build-… tag to the first registry that is required.
func Keep(ctx context.Context, c *registry.Client, s Settings, i Image) (tag string, err error) {
	return "", errLater
}

// Publish brings a release out, or finishes the one that the plan names. images may be empty when plan.Record is set.
func Publish(ctx context.Context, c *registry.Client, s Settings, plan *Plan, images []Image, hooks Hooks) (*Result, error) {
	return nil, errLater
}

// Dry is Publish without doing it: the steps are in the result.
func Dry(ctx context.Context, c *registry.Client, s Settings, plan *Plan, images []Image) (*Result, error) {
	return nil, errLater
}

// Resume finishes the release that was begun last, by the journal or by what the registries hold.
func Resume(ctx context.Context, c *registry.Client, s Settings, hooks Hooks) (*Result, error) {
	return nil, errLater
}

// Promote moves tags to a release that is whole.
func Promote(ctx context.Context, c *registry.Client, s Settings, tag string, moving []string, accept Accept, dry bool) (*Result, error) {
	return nil, errLater
}

// Rollback gives an older release's images a new tag, with the time of now, and sets a hold. An empty tag is the release
// before the newest.
func Rollback(ctx context.Context, c *registry.Client, s Settings, tag, reason string, now time.Time, dry bool) (*Result, error) {
	return nil, errLater
}

// Hold sets a hold, or lifts it.
func Hold(ctx context.Context, c *registry.Client, s Settings, on bool, reason string, now time.Time) error {
	return errLater
}

// Status compares all registries with a record; an empty tag is the newest. deep asks for every blob.
func Status(ctx context.Context, c *registry.Client, s Settings, tag string, deep bool) (*Result, error) {
	return nil, errLater
}
