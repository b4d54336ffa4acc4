package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// job is a build to do: of an image, or of one platform of it.
type job struct {
	spec   image.Spec
	inputs string
	dir    string // the folder for its layout
	done   *Image // the result, if it need not be built
}

// wholeJob returns the job of an image with all its platforms.
func wholeJob(s *session.Session, b *Build, spec image.Spec) job {
	return job{spec: spec, inputs: b.Inputs[spec.Name], dir: s.Config.Result("images", spec.Name)}
}

// parts returns the jobs of an image, one for each platform.
func parts(ctx context.Context, s *session.Session, spec image.Spec) ([]job, error) {
	var out []job
	for _, platform := range spec.Platforms {
		inputs, err := spec.Inputs(ctx, platform)
		if err != nil {
			return nil, err
		}
		one := spec
		one.Platforms = []string{platform}
		dir := s.Config.Result("images", spec.Name+"-"+strings.ReplaceAll(platform, "/", "-"))
		out = append(out, job{spec: one, inputs: inputs, dir: dir})
	}
	return out, nil
}

// image returns the result of a job.
func (j job) image(digest string, bytes int64) Image {
	return Image{Name: j.spec.Name, Layout: j.dir, Digest: digest, Inputs: j.inputs, Platforms: j.spec.Platforms,
		Bytes: bytes}
}

// Find looks for a build of one platform at registries, and fetches it into dir. From is the place; "" if there is
// none.
type Find func(ctx context.Context, name, inputs, dir string) (from string, err error)

// Images builds images. It reuses complete images that are here, and single platforms that are here or at registries;
// find is nil if no registry can be asked.
func Images(ctx context.Context, s *session.Session, b *Build, specs []image.Spec, find Find) (_ []Image, err error) {
	var jobs []job
	var results []Image
	defer func() { err = errors.Join(err, writeRecord(ctx, s, b, results)) }()
	split := map[string][]job{}
	for _, spec := range specs {
		whole := wholeJob(s, b, spec)
		whole.done = reuse(ctx, s, whole, nil)
		if whole.done == nil {
			parts, err := parts(ctx, s, spec)
			if err != nil {
				return nil, err
			}
			found := false
			for i := range parts {
				parts[i].done = reuse(ctx, s, parts[i], find)
				found = found || parts[i].done != nil
			}
			if found {
				split[spec.Name] = parts
				jobs = append(jobs, parts...)
				continue
			}
		}
		jobs = append(jobs, whole)
	}
	if results, err = run(ctx, s, b, jobs); err != nil {
		return nil, err
	}
	made := map[string]Image{}
	for _, r := range results {
		made[r.Inputs] = r
	}
	var out []Image
	for _, spec := range specs {
		whole := wholeJob(s, b, spec)
		if parts := split[spec.Name]; parts != nil {
			joined, err := join(ctx, s, whole, parts)
			if err != nil {
				return nil, err
			}
			results = append(results, joined)
			made[whole.inputs] = joined
		}
		out = append(out, made[whole.inputs])
	}
	return out, nil
}

// reuse returns a result that makes a job unnecessary; nil if there is none. If a build from elsewhere cannot be
// fetched, it is built here.
func reuse(ctx context.Context, s *session.Session, o job, find Find) *Image {
	if done := Built(s, o.inputs); done != nil || find == nil || ctx.Err() != nil {
		return done
	}
	platform := strings.Join(o.spec.Platforms, ", ")
	stage := s.Story.Stage(fmt.Sprintf("looking for %s for %s", o.spec.Name, platform))
	part := o.dir + ".part"
	from, err := find(ctx, o.spec.Name, o.inputs, part)
	if err == nil && from == "" {
		stage.End("to be built")
		return nil
	}
	var digest string
	if err == nil {
		digest, err = image.Digest(part)
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(o.dir), os.Rename(part, o.dir))
	}
	if err != nil {
		stage.Warn("%s for %s was built elsewhere but cannot be pulled: %v", o.spec.Name, platform, err)
		stage.Fail()
		return nil
	}
	bytes, _ := files.Usage(filepath.Join(o.dir, "blobs"))
	stage.End("%s, %s, built elsewhere, from %s", Short(digest), term.Size(bytes), from)
	made := o.image(digest, bytes)
	return &made
}

// Built returns the image that an earlier run built from the same inputs, or nil.
func Built(s *session.Session, inputs string) *Image {
	last, err := Last(s)
	if err != nil || last == nil {
		return nil
	}
	for _, i := range last.Images {
		if i.Inputs == inputs && image.Check(i.Layout) == nil {
			return &i
		}
	}
	return nil
}

// run builds all jobs that have no result yet, at the same time. The results are in the order of the jobs; after an
// error, one without a digest was not built.
func run(ctx context.Context, s *session.Session, b *Build, jobs []job) ([]Image, error) {
	out := make([]Image, len(jobs))
	var wanted []int // by job to build: its index in jobs
	var platforms []string
	for n, o := range jobs {
		if o.done != nil {
			s.Term.Sayf("%s: built already (%s)", o.what(s), Short(o.done.Digest))
			out[n] = *o.done
			continue
		}
		wanted, platforms = append(wanted, n), append(platforms, o.spec.Platforms...)
	}
	if len(wanted) == 0 {
		return out, nil
	}
	kit := Builder(s)
	defer kit.Close()
	if err := start(ctx, s, kit, b, platforms); err != nil {
		return out, err
	}
	cache := cacheOf(ctx, s)
	var builds []image.Job
	for _, n := range wanted {
		stage := s.Story.Stage("building " + jobs[n].what(s))
		defer stage.Fail() // if it has not ended
		spec := jobs[n].spec
		spec.Cache = cache
		builds = append(builds,
			image.Job{Spec: spec, Dir: jobs[n].dir, Done: func(r image.Result, err error) { endStage(stage, r, err) },
				Steps: func(done, of int) { stage.Progress("%d of %d steps done", done, of) }})
	}
	show, back := progress(s)
	made, err := image.Build(ctx, kit, builds, show)
	back()
	for i, r := range made {
		if r.Digest != "" {
			out[wanted[i]] = jobs[wanted[i]].image(r.Digest, r.Bytes)
		}
	}
	return out, roomForBuild(s, err)
}

// what names a job in the story: the image, and the platform where only one of several is built.
func (j job) what(s *session.Session) string {
	if j.dir == s.Config.Result("images", j.spec.Name) {
		return j.spec.Name
	}
	return j.spec.Name + " for " + strings.Join(j.spec.Platforms, ", ")
}

// roomForBuild adds to the error of a failed build the disk that is full, if one is: that of the layouts, of the
// embedded BuildKit, or of a builder elsewhere.
func roomForBuild(s *session.Session, err error) error {
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), "no space left on device") {
		return err
	}
	kit := s.Config.Cache.In("buildkit")
	switch {
	case strings.Contains(err.Error(), s.Config.Dist):
		return fault.New(fault.Other, "%w", err).WithHint("%s", fault.Full(s.Config.Dist))
	case builder.CheckFreeDisk(kit) != nil:
		return fault.New(fault.Other, "%w", err).WithHint("%s", fault.Full(kit))
	}
	return fault.New(fault.CodeOf(err), "%w", err).
		WithHint("the builder's disk is full; this shows which builder is used: %s", target.BuilderStatus.Command())
}

// start prints that a first build takes long, and starts the builders of these platforms before they draw on the
// terminal: one may have to be compiled or pulled. Then it fetches the tree's files: none for a build that cannot be.
func start(ctx context.Context, s *session.Session, kit *builder.Builder, b *Build, platforms []string) error {
	if last, err := Last(s); err == nil && last == nil {
		s.Term.Sayf("the first build here takes longest (Mastodon's some ten minutes on two cores); what has not changed " +
			"comes from the cache after that")
	}
	for _, platform := range platforms {
		if _, err := kit.Node(ctx, platform); err != nil {
			return err
		}
	}
	return b.fetch(ctx, s)
}

// join makes an image from builds of its single platforms: byte for byte the same as a build of all platforms at
// once.
func join(ctx context.Context, s *session.Session, whole job, parts []job) (_ Image, err error) {
	stage := s.Story.Stage("joining " + whole.spec.Name)
	defer stage.FailOn(&err)
	var all []image.Part
	for _, o := range parts {
		img, err := image.First(o.dir)
		if err != nil {
			return Image{}, err
		}
		all = append(all, image.Part{Platform: o.spec.Platforms[0], Inputs: o.inputs, Image: img})
	}
	r, err := image.Join(ctx, whole.spec.Name, whole.dir, all)
	if err != nil {
		return Image{}, err
	}
	stage.End("%s, %s, %s", Short(r.Digest), term.Size(r.Bytes), strings.Join(whole.spec.Platforms, " and "))
	return whole.image(r.Digest, r.Bytes), nil
}

// endStage ends the stage of an image that is built, or has failed.
func endStage(stage *term.Stage, r image.Result, err error) {
	if err != nil {
		stage.Fail()
		return
	}
	for _, w := range r.Warnings {
		stage.Warn("%s: %s", r.Name, w)
	}
	cached := 0
	for _, s := range r.Steps {
		if s.Cached {
			cached++
		}
	}
	stage.End("%s, %s, %d of %d steps from the cache", Short(r.Digest), term.Size(r.Bytes), cached, len(r.Steps))
}

// Short returns a shortened digest for messages.
func Short(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex[:min(12, len(hex))]
}
