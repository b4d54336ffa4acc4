package ship

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// ImageOptions are the options of image:build.
type ImageOptions struct {
	Candidate candidate.Options
	Image     string // a name or a role; "": both
	Platform  string // one of [build] platforms; "": all
	Dry       bool
}

// check returns an error for an image or a platform that howdah.toml does not name.
func (o ImageOptions) check(s *session.Session) error {
	named := func(i config.Image) bool { return i.Name == o.Image || i.Role == o.Image }
	if o.Image != "" && !slices.ContainsFunc(s.Config.Images(), named) {
		return fault.New(fault.Usage, "there is no image %q", o.Image).
			WithHint("use -image=%s or -image=%s", s.Config.Web.Name, s.Config.Streaming.Name)
	}
	if o.Platform != "" && !slices.Contains(s.Config.Build.Platforms, o.Platform) {
		return fault.New(fault.Usage, "platform %q is not among [build] platforms", o.Platform).
			WithHint("use one of: %s", strings.Join(s.Config.Build.Platforms, ", "))
	}
	return nil
}

// of returns the specs of a build that the options choose.
func (o ImageOptions) of(b *build.Build) []image.Spec {
	var specs []image.Spec
	for _, spec := range b.Specs {
		if o.Image != "" && spec.Name != o.Image && spec.Role != o.Image {
			continue
		}
		if o.Platform != "" {
			spec.Platforms = []string{o.Platform}
		}
		specs = append(specs, spec)
	}
	return specs
}

// BuildImages runs image:build. With a platform, the run is one of several machines': the builds are uploaded to the
// registries, where a release on another machine finds them.
func BuildImages(ctx context.Context, s *session.Session, o ImageOptions) error {
	if err := errors.Join(o.check(s), build.Check(s)); err != nil {
		return err
	}
	if err := refuseLoopbackInCI(s); err != nil && o.Platform != "" && !o.Dry {
		return err
	}
	if !o.Dry {
		build.WarnWithoutBuilder(ctx, s)
	}
	return candidate.At(ctx, s, o.Candidate, func(u candidate.Upstream) error {
		c, err := u.Apply(ctx, s)
		if err != nil {
			return err
		}
		out, known, unread := o.ask(ctx, s) // without a platform, registries are not required
		if unread == nil {
			defer out.close()
		}
		b, err := build.Plan(ctx, s, c, build.PlanOptions{
			Packages: build.Packages(s, packages(known)), Offline: o.Candidate.Offline, Glance: o.glance(),
		})
		if err != nil {
			return err
		}
		switch {
		case o.Dry:
			if unread != nil {
				s.Term.Warnf("the registries are not read, so the day of Debian's packages is today: %v", unread)
			}
			return showLines(ctx, s, o.of(b), o.Platform != "", out)
		case o.Platform != "" && unread != nil:
			return unread
		case o.Platform != "":
			return buildForOthers(ctx, s, b, o.of(b), buildStore{out, known})
		}
		var find build.Find
		if unread == nil {
			find = out.find(known)
		}
		images, err := build.Images(ctx, s, b, o.of(b), find)
		if err != nil {
			return err
		}
		s.Term.Answerf("%s · images of %s:", s.Distribution(), b.Release.Stamp.Shown())
		for _, i := range images {
			s.Term.Answerf("%s %s %s", i.Name, i.Digest, i.Layout)
		}
		return nil
	})
}

// glance is how long a dry run waits for each server.
const glance = 4 * time.Second

func (o ImageOptions) glance() time.Duration {
	if o.Dry {
		return glance
	}
	return 0
}

// ask opens the registries and reads what they hold. With -offline it asks only the local registry.
func (o ImageOptions) ask(ctx context.Context, s *session.Session) (*publisher, *release.Known, error) {
	if o.Candidate.Offline && len(s.Config.Publish.Registries) > 0 {
		return nil, nil, fault.New(fault.Retry, "-offline was given, but only the registries know what is released").
			WithHint("run the same command without -offline")
	}
	out, err := openRegistries(ctx, s, tries(o.Dry))
	if err != nil {
		return nil, nil, err
	}
	known, err := out.store.Read(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, out.close())
	}
	return out, known, nil
}

// showLines prints the equivalent docker build commands, and where builds for others would be kept.
func showLines(ctx context.Context, s *session.Session, specs []image.Spec, keep bool, out *publisher) error {
	s.Term.Sayf("the same by hand, for the folder that %s writes:", s.Line(target.PatchCheckout, "mastodon"))
	s.Term.Answerf("# %s · plan: nothing is built", s.Distribution())
	for _, spec := range specs {
		s.Term.Answerf("%s", build.Line(s, spec, "mastodon"))
		if !keep || out == nil {
			continue
		}
		platforms, err := build.Platforms(ctx, s, spec)
		if err != nil {
			return err
		}
		for _, i := range platforms {
			s.Term.Answerf("# kept as %s", out.store.BuildName(i.Name, i.Inputs))
		}
	}
	return nil
}

// buildForOthers builds for one platform, uploads the builds, and prints where they are.
func buildForOthers(ctx context.Context, s *session.Session, b *build.Build, specs []image.Spec, to buildStore) error {
	kept, err := build.ForOthers(ctx, s, b, specs, to)
	if len(kept) > 0 {
		s.Term.Answerf("%s · images of one platform, kept at the registry:", s.Distribution())
	}
	for _, i := range kept {
		s.Term.Answerf("%s %s %s %s", i.Name, i.Platforms[0], i.Digest, to.out.store.BuildName(i.Name, i.Inputs))
	}
	return err
}

// buildStore keeps builds of one platform at the registries, each under a tag made from its inputs. It moves no other
// tag.
type buildStore struct {
	out   *publisher
	known *release.Known
}

var _ build.BuildStore = buildStore{}

func (h buildStore) Find(ctx context.Context, name, inputs string) (string, error) {
	found, err := h.out.store.FindBuild(ctx, h.known, name, inputs)
	if err != nil || found == nil {
		return "", err
	}
	return found.Digest, nil
}

// MaySave checks the permission to push.
func (h buildStore) MaySave(ctx context.Context, names ...string) error {
	return h.out.store.MaySaveBuild(ctx, names...)
}

// Save uploads a build.
func (h buildStore) Save(ctx context.Context, i build.Image) error {
	s := h.out.s
	stage := s.Story.Stage("uploading " + i.Name)
	h.out.watch.show(stage)
	err := h.out.store.SaveBuild(ctx,
		release.Image{Name: i.Name, Layout: i.Layout, Digest: i.Digest, Inputs: i.Inputs}, s.Now)
	h.out.watch.show(nil)
	if err != nil {
		stage.Fail()
		return err
	}
	stage.End("%s", h.out.watch.said())
	return nil
}
