package ship

import (
	"context"
	"os"
	"strings"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
)

// RebuildReleased runs image:verify -rebuild -of=TAG: it builds the images of a release again, without any cache and
// with the same stamp, and compares them with those at the registries. Name is an image's name or role; "" means
// both. The distribution and the tool have to be the ones that released it; with other inputs it returns fault.Usage.
func RebuildReleased(ctx context.Context, s *session.Session, tag, name string) error {
	images := ImageOptions{Image: name}
	if err := images.check(s); err != nil {
		return err
	}
	return withRegistries(ctx, s, manyTries, func(out *publisher) error {
		rec, known, err := out.store.Record(ctx, tag)
		if err != nil {
			return err
		}
		o := candidate.Options{Ref: rec.Upstream.Commit, Date: rec.Released.In(s.Config.Zone)}
		for _, l := range rec.LeftOut {
			o.Without = append(o.Without, l.Name)
		}
		return candidate.At(ctx, s, o, func(u candidate.Upstream) error {
			applied, err := u.Apply(ctx, s)
			if err != nil {
				return err
			}
			b, err := build.Plan(ctx, s, applied, build.PlanOptions{Packages: rec.Packages})
			if err != nil {
				return err
			}
			specs := images.of(b)
			for _, spec := range specs {
				if err := sameInputs(b, spec.Name, rec); err != nil {
					return err
				}
			}
			return build.BuildAgain(ctx, s, b, specs, func(again []image.Job, _ build.Builds) error {
				return out.compare(ctx, known, b, rec, again)
			})
		})
	})
}

// sameInputs returns an error that names the inputs in which this distribution's image differs from the release's.
func sameInputs(b *build.Build, name string, rec *record.Record) error {
	released, ok := rec.Image(name)
	if ok && released.Inputs == b.Inputs[name] {
		return nil
	}
	what := "another configuration"
	if differ, _ := rec.Compare(name, b.Release.Parts[name]); len(differ) > 0 {
		var parts []string
		for _, d := range differ {
			parts = append(parts, d.Part)
		}
		what = "other inputs: " + strings.Join(parts, ", ")
	}
	return fault.New(fault.Usage, "%s of %s was built from %s", name, rec.Tag, what).
		WithHint("check out the distribution as it was released, and take the tool that released it")
}

// compare prints how the images of a release differ from the ones built again.
func (o *publisher) compare(
	ctx context.Context, known *release.Known, b *build.Build, rec *record.Record, again []image.Job,
) error {
	var all []build.Compared
	for _, job := range again {
		released, _ := rec.Image(job.Spec.Name)
		digest, err := image.Digest(job.Dir)
		if err != nil {
			return err
		}
		built := release.Image{Name: job.Spec.Name, Layout: job.Dir, Digest: digest, Platforms: job.Spec.Platforms}
		stamped, err := built.Stamped(b.Release.Stamp)
		if err != nil {
			return err
		}
		one := build.Compared{Name: job.Spec.Name, Digest: released.Digest}
		if stamped != released.Digest {
			if one.Differences, err = o.differences(ctx, known, rec, job); err != nil {
				return err
			}
		}
		all = append(all, one)
	}
	return build.ShowCompared(o.s, all)
}

// differences downloads an image of a release, and compares it with the one built again. If no layer differs, the
// stamp does.
func (o *publisher) differences(
	ctx context.Context, known *release.Known, rec *record.Record, again image.Job,
) (found []image.Difference, err error) {
	dir := o.s.Config.Result("released", again.Spec.Name)
	defer os.RemoveAll(dir)
	if err := o.store.Download(ctx, known, rec, again.Spec.Name, dir); err != nil {
		return nil, err
	}
	updated, err := image.UpdatedPackages(ctx, dir, again.Dir)
	if err != nil {
		return nil, err
	}
	if len(updated) > 0 {
		o.s.Term.Sayf("Debian has updated packages since %s: %s", rec.Tag, build.Listed(updated))
	}
	return image.Compare(ctx, dir, again.Dir)
}
