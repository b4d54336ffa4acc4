package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/view"
)

// Rebuild runs image:verify -rebuild: it builds the images of the last build again, without any cache, and compares
// them layer by layer. Name is an image's name or role; "" means both.
func Rebuild(ctx context.Context, s *session.Session, name string) error {
	last, err := Last(s)
	if err != nil {
		return err
	}
	if last == nil || len(last.Images) == 0 {
		return fault.New(fault.Usage, "nothing is built yet").WithHint("%s", target.ImageBuild.Command())
	}
	o := candidate.Options{Ref: string(last.Upstream.Commit), Without: last.Without, Pin: &last.Upstream}
	if o.Date, err = time.Parse(time.DateOnly, last.Date); err != nil {
		return fault.New(fault.Usage, "reading the date of the last build: %w", err).
			WithHint("build again: %s", target.ImageBuild.Command())
	}
	return candidate.At(ctx, s, o, func(u candidate.Upstream) error {
		applied, err := u.Apply(ctx, s)
		if err != nil {
			return err
		}
		b, err := Plan(ctx, s, applied, PlanOptions{Packages: last.Packages})
		if err != nil {
			return err
		}
		return rebuild(ctx, s, b, last, name)
	})
}

func rebuild(ctx context.Context, s *session.Session, b *Build, last *Record, name string) error {
	specs, err := specsNamed(b, name)
	if err != nil {
		return err
	}
	var built []Image
	for _, spec := range specs {
		n := slices.IndexFunc(last.Images,
			func(i Image) bool { return i.Name == spec.Name && i.Inputs == b.Inputs[spec.Name] })
		if n < 0 {
			return fault.New(fault.Usage, "the image %s in dist/ was built from another configuration than this one", spec.Name).
				WithHint("build it: %s", target.ImageBuild.Command())
		}
		if err := image.Check(last.Images[n].Layout); err != nil {
			return err
		}
		built = append(built, last.Images[n])
	}
	return BuildAgain(ctx, s, b, specs, func(jobs []image.Job, more Builds) error {
		return compareNew(ctx, s, jobs, built, more)
	})
}

// specsNamed returns the images with this name or role; both for "".
func specsNamed(b *Build, name string) (specs []image.Spec, err error) {
	for _, spec := range b.Specs {
		if name == "" || name == spec.Name || name == spec.Role {
			specs = append(specs, spec)
		}
	}
	if len(specs) == 0 {
		return nil, fault.New(fault.Usage, "there is no image %q in the last build", name)
	}
	return specs, nil
}

// Builds builds jobs; what describes the build in messages.
type Builds func(jobs []image.Job, what string) error

// BuildAgain prepares builds without any cache into dist/rebuilt, calls work, and removes the folder.
func BuildAgain(
	ctx context.Context, s *session.Session, b *Build, specs []image.Spec, work func([]image.Job, Builds) error,
) error {
	var jobs []image.Job
	var platforms []string
	for _, spec := range specs {
		platforms = append(platforms, spec.Platforms...)
		spec.NoCache = true
		dir := s.Config.Result("rebuilt", spec.Name)
		defer os.RemoveAll(dir)
		jobs = append(jobs, image.Job{Spec: spec, Dir: dir})
	}
	kit := Builder(s)
	defer kit.Close()
	if err := start(ctx, s, kit, b, platforms); err != nil {
		return err
	}
	build := func(jobs []image.Job, what string) error {
		stage := s.Story.Stage(what)
		show, back := progress(s)
		_, err := image.Build(ctx, kit, jobs, show)
		back()
		stage.Close(err)
		return roomForBuild(s, err)
	}
	if err := build(jobs, "building once more, with no step from a cache"); err != nil {
		return err
	}
	return work(jobs, build)
}

// compareNew compares jobs with what was built before. If Debian has updated packages in between, the difference
// would say nothing: it then builds the jobs once more, and compares the two new builds.
func compareNew(ctx context.Context, s *session.Session, jobs []image.Job, built []Image, build Builds) error {
	updated, err := updatedPackages(ctx, jobs, built)
	if err != nil {
		return err
	}
	if len(updated) > 0 {
		s.Term.Sayf("Debian has updated packages since the last build: %s", Listed(updated))
		s.Term.Sayf("so two new builds are compared, both from today's packages")
		again, second := slices.Clone(jobs), slices.Clone(built)
		for n := range jobs {
			second[n].Layout, again[n].Dir = jobs[n].Dir, jobs[n].Dir+"-again"
			if second[n].Digest, err = image.Digest(jobs[n].Dir); err != nil {
				return err
			}
			defer os.RemoveAll(again[n].Dir)
		}
		if err := build(again, "building a third time, with no step from a cache"); err != nil {
			return err
		}
		if updated, err = updatedPackages(ctx, again, second); err != nil {
			return err
		}
		if len(updated) > 0 {
			return fault.New(fault.Retry, "Debian updated packages between the two builds: %s", Listed(updated)).
				WithHint("run the same command once more")
		}
		jobs, built = again, second
	}
	var compared []Compared
	for n, i := range built {
		differences, err := image.Compare(ctx, i.Layout, jobs[n].Dir)
		if err != nil {
			return err
		}
		compared = append(compared, Compared{i.Name, i.Digest, differences})
	}
	return ShowCompared(s, compared)
}

// updatedPackages returns the packages that differ between the earlier builds and those of the jobs.
func updatedPackages(ctx context.Context, jobs []image.Job, built []Image) ([]string, error) {
	var out []string
	for n := range jobs {
		some, err := image.UpdatedPackages(ctx, built[n].Layout, jobs[n].Dir)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Listed joins the first of many, in one line.
func Listed(all []string) string {
	const shown = 5
	if n := len(all) - shown; n > 0 {
		return fmt.Sprintf("%s, and %d more", strings.Join(all[:shown], ", "), n)
	}
	return strings.Join(all, ", ")
}

// Compared is an image that was built twice.
type Compared struct {
	Name, Digest string // of the first build
	Differences  []image.Difference
}

// ShowCompared prints the differences of two builds, writes dist/image-rebuild.json, and returns an error for those
// that should not be.
func ShowCompared(s *session.Session, all []Compared) error {
	results := map[string][]image.Difference{}
	var found []error
	for _, i := range all {
		if results[i.Name] = i.Differences; len(i.Differences) == 0 {
			results[i.Name] = []image.Difference{}
			s.Term.Answerf("%s  equal to the byte: %s", i.Name, Short(i.Digest))
		}
		for _, d := range i.Differences {
			s.Term.Answerf("%s %s  layer %d, %s: %d files differ: %s", i.Name, d.Platform, d.Layer, term.Size(d.Bytes),
				len(d.Files), strings.Join(d.Files[:min(5, len(d.Files))], ", "))
			found = append(found, fault.New(fault.Gate, "%s for %s is not the same when it is built once more: layer %d", i.Name,
				d.Platform, d.Layer))
		}
	}
	err := view.WriteJSON(s.Config.Result("image-rebuild.json"), results, s.Term.Secrets())
	return errors.Join(append(found, err)...)
}
