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

// Rebuild is image:verify -rebuild: the images of the last build are built once more, with no step from any cache, and
// compared with it layer by layer; name is an image's name or role, or "" for both.
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
	var jobs []image.Job
	var built []Image
	for _, spec := range b.Specs {
		if name != "" && name != spec.Name && name != spec.Role {
			continue
		}
		n := slices.IndexFunc(last.Images,
			func(i Image) bool { return i.Name == spec.Name && i.Inputs == b.Inputs[spec.Name] })
		if n < 0 {
			return fault.New(fault.Usage, "the image %s in dist/ was built from another configuration than this one", spec.Name).
				WithHint("build it: %s", target.ImageBuild.Command())
		}
		if err := image.Check(last.Images[n].Layout); err != nil {
			return err
		}
		spec.NoCache = true
		dir := s.Config.Result("rebuilt", spec.Name)
		defer os.RemoveAll(dir)
		jobs, built = append(jobs, image.Job{Spec: spec, Dir: dir}), append(built, last.Images[n])
	}
	if len(jobs) == 0 {
		return fault.New(fault.Usage, "there is no image %q in the last build", name)
	}
	kit := Builder(s)
	defer kit.Close()
	if err := start(ctx, s, kit, jobs); err != nil {
		return err
	}
	return buildTwice(ctx, s, jobs, built, func(jobs []image.Job, what string) error {
		stage := s.Story.Stage(what)
		console, back, ok := s.Term.Console()
		show := image.Progress{Out: s.Story.Writer()}
		if ok {
			show = image.Progress{Console: console}
		}
		_, err := image.Build(ctx, kit, jobs, show)
		back()
		stage.Close(err)
		return roomForBuild(s, err)
	})
}

// buildTwice builds jobs and compares them with what was built before. Where Debian has updated packages since, builds
// of different packages would be compared: then it builds the jobs twice, and compares those two builds.
func buildTwice(ctx context.Context, s *session.Session, jobs []image.Job, built []Image,
	build func(jobs []image.Job, what string) error) error {
	if err := build(jobs, "building once more, with no step from a cache"); err != nil {
		return err
	}
	updated, err := updatedPackages(ctx, jobs, built)
	if err != nil {
		return err
	}
	if len(updated) > 0 {
		s.Term.Sayf("Debian has updated packages since the last build: %s", listed(updated))
		s.Term.Sayf("so two new builds are compared, both from today's packages")
		again := slices.Clone(jobs)
		for n := range jobs {
			built[n].Layout, again[n].Dir = jobs[n].Dir, jobs[n].Dir+"-again"
			if built[n].Digest, err = image.Digest(jobs[n].Dir); err != nil {
				return err
			}
			defer os.RemoveAll(again[n].Dir)
		}
		if err := build(again, "building a third time, with no step from a cache"); err != nil {
			return err
		}
		if updated, err = updatedPackages(ctx, again, built); err != nil {
			return err
		}
		if len(updated) > 0 {
			return fault.New(fault.Retry, "Debian updated packages between the two builds: %s", listed(updated)).
				WithHint("run the same command once more")
		}
		jobs = again
	}
	return compareRebuilt(ctx, s, jobs, built)
}

// updatedPackages lists the packages that differ between the builds before and those of the jobs.
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

// listed are the first of many, in a line.
func listed(all []string) string {
	const shown = 5
	if n := len(all) - shown; n > 0 {
		return fmt.Sprintf("%s, and %d more", strings.Join(all[:shown], ", "), n)
	}
	return strings.Join(all, ", ")
}

// compareRebuilt shows in what two builds differ, writes dist/image-rebuild.json, and refuses what should not differ.
func compareRebuilt(ctx context.Context, s *session.Session, jobs []image.Job, built []Image) error {
	results := map[string][]image.Difference{}
	var found []error
	for n, i := range built {
		differences, err := image.Compare(ctx, i.Layout, jobs[n].Dir)
		if err != nil {
			return err
		}
		if results[i.Name] = differences; len(differences) == 0 {
			results[i.Name] = []image.Difference{}
			s.Term.Answerf("%s  equal to the byte: %s", i.Name, Short(i.Digest))
		}
		for _, d := range differences {
			s.Term.Answerf("%s %s  layer %d, %s: %d files differ: %s", i.Name, d.Platform, d.Layer, term.Size(d.Bytes),
				len(d.Files), strings.Join(d.Files[:min(5, len(d.Files))], ", "))
			found = append(found, fault.New(fault.Gate, "%s for %s is not the same when it is built once more: layer %d", i.Name,
				d.Platform, d.Layer))
		}
	}
	err := view.WriteJSON(s.Config.Result("image-rebuild.json"), results, s.Term.Secrets())
	return errors.Join(append(found, err)...)
}
