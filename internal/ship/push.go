package ship

import (
	"context"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// Push runs publish:push: it publishes exactly the last build.
func Push(ctx context.Context, s *session.Session, o Options) error {
	if err := refuseLoopbackInCI(s); err != nil && !o.Dry {
		return err
	}
	at, err := planLast(ctx, s, o, func(out *publisher, at progress, last *build.Record) (progress, error) {
		var err error
		if at.plan.State != release.Done {
			return at, nil
		}
		if o.Dry {
			at.result, err = out.dry(ctx, at.build, at.plan)
			return at, err
		}
		images, err := imagesOf(at.build, last)
		if err != nil {
			return at, err
		}
		at.result, err = out.publish(ctx, at.build, at.plan, images)
		return at, err
	})
	return at.show(s, err)
}

// Tags runs publish:tag: it prints what publish:push would name the last build, with the present time.
func Tags(ctx context.Context, s *session.Session) error {
	o := Options{Candidate: candidate.Options{Offline: true}}
	_, err := planLast(ctx, s, o, func(out *publisher, at progress, _ *build.Record) (progress, error) {
		s.Term.Answerf("%s · tags of the last build:", s.Distribution())
		for _, name := range at.plan.Names(out.store.Settings) {
			s.Term.Answerf("%s", name)
		}
		return at, nil
	})
	return err
}

// planLast plans the last build of image:build once more, returns an error if anything differs, and calls work.
func planLast(
	ctx context.Context, s *session.Session, o Options, work func(*publisher, progress, *build.Record) (progress, error),
) (at progress, err error) {
	last, err := build.Last(s)
	if err != nil {
		return at, err
	}
	if last == nil {
		return at, fault.New(fault.Usage, "nothing is built yet").
			WithHint("build the images: %s", target.ImageBuild.Command())
	}
	c := o.Candidate
	c.Ref, c.Without, c.Pin = string(last.Upstream.Commit), last.Without, &last.Upstream
	if c.Date, err = time.Parse(time.DateOnly, last.Date); err != nil {
		return at, fault.New(fault.Usage, "reading the date of the last build: %w", err).
			WithHint("build the images again: %s", target.ImageBuild.Command())
	}
	err = candidate.At(ctx, s, c, func(u candidate.Upstream) error {
		at.upstream = &u
		from, err := build.Origin(s, c)
		if err != nil {
			from = "" // the record gets none
		}
		applied, err := u.Apply(ctx, s)
		if err != nil {
			return err
		}
		out, err := openRegistries(ctx, s, tries(o.Dry))
		if err != nil {
			return err
		}
		defer out.close()
		known, err := out.read(ctx)
		if err != nil {
			return err
		}
		b, err := build.Plan(ctx, s, applied, build.PlanOptions{Packages: last.Packages, Origin: from})
		if err != nil {
			return err
		}
		at.build = b
		if now := b.Release.Inputs(); now != last.Inputs {
			return fault.New(fault.Usage,
				"the configuration has changed since the build in dist/: expected inputs %s, found %s",
				build.Short(now), build.Short(last.Inputs)).WithHint("build the images again: %s", target.ImageBuild.Command())
		}
		if at.plan, err = out.prepare(ctx, b, known, o.Accept); err != nil {
			return err
		}
		at, err = work(out, at, last)
		return err
	})
	return at, err
}

// imagesOf returns the images of the last build that a release needs; a missing one is an error.
func imagesOf(b *build.Build, last *build.Record) ([]release.Image, error) {
	var images []release.Image
	for _, spec := range b.Specs {
		n := slices.IndexFunc(last.Images,
			func(i build.Image) bool { return i.Name == spec.Name && i.Inputs == b.Inputs[spec.Name] })
		if n < 0 {
			return nil, fault.New(fault.Usage, "the last build has no image %s", spec.Name).
				WithHint("build it: %s", target.ImageBuild.Command("-image="+spec.Name))
		}
		i := last.Images[n]
		if err := image.Check(i.Layout); err != nil {
			return nil, err
		}
		images = append(images, release.Image{Name: i.Name, Layout: i.Layout, Digest: i.Digest, Inputs: i.Inputs,
			Platforms: i.Platforms})
	}
	return images, nil
}
