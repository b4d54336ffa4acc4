package image

import (
	"context"
	"fmt"
	"os"

	"github.com/howdah/howdah/internal/fault"
)

// lost is the error of a BuildKit whose connection broke during a build.
type lost struct {
	platform, address string
	again             bool // for the second time
	err               error
}

func (l *lost) Error() string {
	how := "and did not come back"
	if l.again {
		how = "and once more when it was tried again"
	}
	return fmt.Sprintf("the BuildKit at %s for %s went away in mid-build, %s: %v", l.address, l.platform, how, l.err)
}

func (l *lost) Unwrap() error { return l.err }

// fault returns the error as it is reported.
func (l *lost) fault(name string) *fault.Error {
	return fault.New(fault.Build, "building image %q: %w", name, l).
		WithHint("see its state: %s; its cache keeps what it has built, so the same command continues from there",
			fault.Command{Target: "builder:status"})
}

// wentAway reports whether the connection broke, as opposed to a failed step.
func wentAway(err error) bool {
	return err != nil && contains(err.Error(), "error reading from server", "code = Unavailable", "transport is closing",
		"connection reset by peer", "broken pipe")
}

// otherEnded reports whether BuildKit asked for a base through the connection of another program's build, which it had
// joined with this one, and which has ended. No connection of this run's own ends before its builds.
func otherEnded(err error) bool {
	return err != nil && contains(err.Error(), "no active session for ", "failed to copy: error reading from server")
}

// runAgain builds once more if a remote BuildKit's connection broke during the build and works again, or if BuildKit
// shared a step with another program's build, which has ended.
func (j *solve) runAgain(ctx context.Context, watch *watch) error {
	err := j.run(ctx, watch)
	if otherEnded(err) && ctx.Err() == nil {
		if err := os.RemoveAll(j.dir); err != nil {
			return fmt.Errorf("removing %q: %w", j.dir, err)
		}
		watch.warn(fmt.Sprintf("the build for %s was begun once more, because another program's build at the same BuildKit "+
			"ended that was sending the same base image: %v", j.platform, err))
		err = j.run(ctx, watch)
	}
	if !wentAway(err) || j.node.Kind != "remote" || ctx.Err() != nil {
		return err
	}
	gone := &lost{platform: j.platform, address: j.node.Address, err: err}
	if j.node.WaitUntilBack(ctx) != nil {
		return gone
	}
	if err := os.RemoveAll(j.dir); err != nil {
		return fmt.Errorf("removing %q: %w", j.dir, err)
	}
	watch.warn(fmt.Sprintf("the BuildKit at %s for %s went away in mid-build, and the build was begun once more: %v",
		j.node.Address, j.platform, err))
	if err = j.run(ctx, watch); wentAway(err) {
		return &lost{j.platform, j.node.Address, true, err}
	}
	return err
}
