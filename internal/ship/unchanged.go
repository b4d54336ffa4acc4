package ship

import (
	"context"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/session"
)

// unchanged is a short cut for a release that has nothing to do. If everything that decides a release equals the
// newest one's, the inputs are equal, and neither upstream's mirror nor the patched tree is needed to know that. It
// returns nil if anything differs or cannot be read: the flow then decides, and reports errors.
func unchanged(ctx context.Context, s *session.Session, o Options, from string) (*progress, error) {
	if from == "" || o.Candidate.Offline || len(o.Accept.Gates) > 0 {
		return nil, nil
	}
	stage := s.Story.Stage("comparing with the newest release")
	at, differs, err := compare(ctx, s, o, from)
	if ctx.Err() != nil {
		stage.Fail()
		return nil, ctx.Err()
	}
	if err != nil {
		differs = err.Error()
	}
	if at == nil {
		stage.End("%s", differs)
		return nil, nil
	}
	stage.End("%s", at.plan.Why)
	return at, nil
}

// compare compares one thing after the other, the cheapest first; differs says which one differed.
func compare(
	ctx context.Context, s *session.Session, o Options, from string,
) (at *progress, differs string, err error) {
	err = withRegistries(ctx, s, fewTries, func(out *publisher) error {
		known, err := out.store.Read(ctx)
		if err != nil {
			return err
		}
		newest := known.Newest
		switch {
		case newest == nil:
			differs = "nothing is released yet"
			return nil
		case newest.Origin != from:
			differs = "the distribution, its settings, the options or the tool are not those of " + newest.Tag
			return nil
		case build.Packages(s, newest.Packages) != newest.Packages:
			differs = "Debian's packages are of another day than those of " + newest.Tag
			return nil
		}
		up, why, err := candidate.AsReleased(ctx, s, o.Candidate, newest)
		if differs = why; err != nil || up == nil {
			return err
		}
		same, err := build.SameBases(ctx, s, newest)
		if differs = "the base images are not those of " + newest.Tag; err != nil || !same {
			return err
		}
		plan, err := out.store.Confirm(ctx, known)
		if differs = newest.Tag + " is not complete at every registry"; err != nil || plan == nil {
			return err
		}
		at = &progress{upstream: up, plan: plan}
		return nil
	})
	return at, differs, err
}
