package ship

import (
	"context"
	"errors"
	"time"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
)

// prepare judges the candidate before anything is built.
func (o *publisher) prepare(
	ctx context.Context, b *build.Build, known *release.Known, accept release.Accept,
) (plan *release.Plan, err error) {
	stage := o.s.Story.Stage("checking rights and gates")
	defer stage.FailOn(&err)
	now := tagTime(o.s)
	plan, err = o.store.Prepare(ctx, known, b.Release,
		release.PrepareOptions{Accept: accept, Ancestor: ancestry(b.Candidate.Upstream.Mirror.Repo), Now: now})
	if err != nil {
		return nil, roomForPublish(o.s, err)
	}
	if err := o.tryPush(ctx, b, plan); err != nil {
		return nil, err
	}
	if at := plan.Tag.Time; plan.Record == nil && at.Sub(now) > tagSlack {
		stage.Warn("the newest tag at the registries is of %s, but this machine's clock says %s: the new tag is %s, so "+
			"that it is the newest; see whether the clock here, or that of the machine which released before, is wrong",
			at.Add(-time.Second).Format(time.RFC3339), now.Format(time.RFC3339), plan.Tag)
	}
	for _, a := range plan.Accepted {
		stage.Warn("gate %s overridden: %s", a.Gate, a.What)
	}
	switch {
	case plan.State != release.Done:
		stage.End("%s", plan.Why)
	case plan.Record != nil:
		stage.End("goes on with %s", plan.Tag)
	default:
		stage.End("%s", plan.Tag)
	}
	return plan, nil
}

// tagSlack is how far the clocks of machines that release may differ.
const tagSlack = time.Hour

// ancestry returns a function that asks the mirror whether one commit is an ancestor of another. A commit that is not
// in the mirror is not an ancestor: upstream's branch has lost it.
func ancestry(repo *git.Repo) func(ctx context.Context, ancestor, commit string) (bool, error) {
	return func(ctx context.Context, ancestor, commit string) (bool, error) {
		if _, err := repo.Resolve(ctx, ancestor); err != nil {
			if errors.Is(err, git.ErrNoRevision) {
				return false, nil
			}
			return false, err
		}
		return repo.Ancestor(ctx, tree.ID(ancestor), tree.ID(commit))
	}
}

// images builds what no registry has yet, and returns where each image is.
func (o *publisher) images(ctx context.Context, b *build.Build, plan *release.Plan) ([]release.Image, error) {
	if plan.Record != nil {
		return nil, nil // begun before: the journal or a registry has its images
	}
	list := make([]release.Image, len(b.Specs))
	var missing []image.Spec
	var at []int // by missing image: its index in Specs
	for n, spec := range b.Specs {
		list[n] = release.Image{Name: spec.Name, Inputs: b.Inputs[spec.Name], Platforms: spec.Platforms}
		found, err := o.store.Reuse(ctx, plan.Known, spec.Name, list[n].Inputs)
		if err != nil {
			return nil, err
		}
		if found == nil {
			missing, at = append(missing, spec), append(at, n)
			continue
		}
		list[n].Found, list[n].Digest = found, found.Digest
		o.s.Term.Sayf("%s: published before with the same inputs, taken from %s", spec.Name, found.Registry)
	}
	built, err := build.Images(ctx, o.s, b, missing, o.find(plan.Known))
	if err != nil {
		return nil, err
	}
	for i, one := range built {
		list[at[i]].Layout, list[at[i]].Digest = one.Layout, one.Digest
	}
	return list, nil
}

// find returns a function that looks for builds of other machines.
func (o *publisher) find(known *release.Known) build.Find {
	return func(ctx context.Context, name, inputs, dir string) (string, error) {
		found, err := o.store.FindBuild(ctx, known, name, inputs)
		if err != nil || found == nil {
			return "", err
		}
		err = found.Download(ctx, dir)
		if len(registry.Flaws(err)) > 0 { // build it again, and upload it
			o.s.Term.Warnf("%s lost a part of the build of %s that was kept there; it is built again", found.Registry, name)
			return "", nil
		}
		return found.Registry.String(), err
	}
}

// publish uploads, verifies and tags.
func (o *publisher) publish(
	ctx context.Context, b *build.Build, plan *release.Plan, images []release.Image,
) (result *release.Result, err error) {
	verify := func(ctx context.Context) error { return build.Verify(ctx, o.s, b, images) }
	source := func(ctx context.Context, branch string) error { return o.push(ctx, b, branch, false) }
	hooks, done := o.hooks(verify, source)
	defer func() { done(err) }()
	result, err = o.store.Publish(ctx, plan, images, hooks)
	return result, roomForPublish(o.s, err)
}

// roomForRegistry: if the local registry fails with less free disk than this, in bytes, the full disk is the likely
// cause; the registry does not say so.
const roomForRegistry = 16 << 20

// roomForPublish adds to the error of a failed publish the disk that is full, if one is.
func roomForPublish(s *session.Session, err error) error {
	if free, e := fault.Free(s.Config.Dist); err == nil || e != nil || free > roomForRegistry ||
		fault.CodeOf(err) == fault.Gate {
		return err
	}
	return fault.New(fault.CodeOf(err), "%w", err).WithHint("%s", fault.Full(s.Config.Dist))
}

// dry returns what building and publishing would do.
func (o *publisher) dry(ctx context.Context, b *build.Build, plan *release.Plan) (*release.Result, error) {
	had := map[string]string{}
	for _, spec := range b.Specs {
		found, err := o.store.Reuse(ctx, plan.Known, spec.Name, b.Inputs[spec.Name])
		if err != nil {
			return nil, err
		}
		switch {
		case found != nil:
			had[spec.Name] = "published before with the same inputs"
		case build.Built(o.s, b.Inputs[spec.Name]) != nil:
			had[spec.Name] = "built already"
		}
	}
	return o.store.Dry(plan, had), nil
}
