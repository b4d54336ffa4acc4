package ship

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
)

// Options choose what is released, and how.
type Options struct {
	Candidate candidate.Options
	Accept    release.Accept
	Dry       bool
}

// progress has the results of the stages of a release that have finished; the others are nil. It is reported in the
// end, whether the release succeeds or fails.
type progress struct {
	upstream *candidate.Upstream
	build    *build.Build
	plan     *release.Plan
	result   *release.Result
}

// Release runs the target release: the whole flow.
func Release(ctx context.Context, s *session.Session, o Options) error {
	if err := errors.Join(build.Check(s), o.Candidate.Check(s)); err != nil {
		return ReleaseMistake(s, err)
	}
	if err := refuseLoopbackInCI(s); err != nil && !o.Dry {
		return ReleaseMistake(s, err)
	}
	from, err := build.Origin(s, o.Candidate)
	if err != nil {
		from = "" // if the error matters, the flow meets it again
	}
	if same, err := unchanged(ctx, s, o, from); err != nil || same != nil {
		if err != nil {
			return err
		}
		return same.show(s, nil)
	}
	if !o.Dry {
		build.WarnWithoutBuilder(ctx, s)
	}
	var at progress
	err = candidate.At(ctx, s, o.Candidate, func(u candidate.Upstream) (err error) { // ref → pin
		at, err = flow(ctx, s, o, u, from)
		return err
	})
	return at.show(s, err)
}

// flow runs the release from the pin on. Origin is the value of build.Origin from before the series was read.
func flow(ctx context.Context, s *session.Session, o Options, u candidate.Upstream, origin string) (progress, error) {
	at := progress{upstream: &u}
	c, err := u.Apply(ctx, s) // pin → tree
	if err != nil {
		return at, err
	}
	out, err := openRegistries(ctx, s, tries(o.Dry))
	if err != nil {
		return at, err
	}
	defer out.close()
	known, err := out.read(ctx)
	if err != nil {
		return at, err
	}
	day := build.Packages(s, packages(known))
	plan := build.PlanOptions{Packages: day, Origin: origin, Offline: o.Candidate.Offline}
	b, err := build.Plan(ctx, s, c, plan) // tree → inputs, stamp
	if err != nil {
		return at, err
	}
	at.build = b
	if at.plan, err = out.prepare(ctx, b, known, o.Accept); err != nil || at.plan.State != release.Done {
		return at, err
	}
	if o.Dry {
		at.result, err = out.dry(ctx, b, at.plan)
		return at, err
	}
	images, err := out.images(ctx, b, at.plan) // inputs → images
	if err != nil {
		return at, err
	}
	at.result, err = out.publish(ctx, b, at.plan, images) // images, stamp → release
	return at, err
}
