package pipeline

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
)

// run is one release on its way, as far as it has come: what is told in the end, whatever happens.
type run struct {
	p        *Pipeline
	choice   Choice
	resolved *resolved
	build    *build
	out      *publisher
	plan     *release.Plan
	result   *release.Result
}

// prepare judges the candidate before anything is built.
func (r *run) prepare(ctx context.Context, known *release.Known) (plan *release.Plan, err error) {
	stage := r.p.story.Stage("checking rights and gates")
	defer func() { closeFailed(stage, err) }()
	accept := release.Accept{Gates: list(r.choice.Accept), Reason: r.p.term.Secrets().Mask(text(r.choice.Reason))}
	plan, err = release.Prepare(ctx, r.out.client, r.out.settings, known, r.build.candidate, accept, r.ancestor, r.p.tagTime())
	if err != nil {
		return nil, r.p.roomForPublish(err)
	}
	if err := r.dryPush(ctx, plan); err != nil {
		return nil, err
	}
	for _, a := range plan.Accepted {
		stage.Warn("gate %s let pass: %s", a.Gate, a.What)
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

// ancestor asks the mirror. A commit that is not there is no ancestor: upstream's branch has lost it.
func (r *run) ancestor(ctx context.Context, ancestor, commit string) (bool, error) {
	repo := r.resolved.mirror.Repo
	if _, err := repo.Resolve(ctx, ancestor); err != nil {
		if errors.Is(err, git.ErrNoRevision) {
			return false, nil
		}
		return false, err
	}
	return repo.Ancestor(ctx, tree.ID(ancestor), tree.ID(commit))
}

// images builds what no registry has yet, and says where each image is.
func (r *run) images(ctx context.Context) ([]release.Image, error) {
	if r.plan.Record != nil {
		return nil, nil // begun before: the journal or a registry has its images
	}
	if err := r.p.complete(ctx, r.build); err != nil {
		return nil, err
	}
	list := make([]release.Image, len(r.build.specs))
	var missing []image.Spec
	var at []int // of each missing one, in specs
	for n, spec := range r.build.specs {
		list[n] = release.Image{Name: spec.Name, Inputs: r.build.inputs[spec.Name], Platforms: spec.Platforms}
		found, err := release.Reuse(ctx, r.out.client, r.out.settings, r.plan.Known, spec.Name, list[n].Inputs)
		if err != nil {
			return nil, err
		}
		if found == nil {
			missing, at = append(missing, spec), append(at, n)
			continue
		}
		list[n].Found, list[n].Digest = found, found.Digest
		r.p.term.Sayf("%s: published before with the same inputs, taken from %s", spec.Name, found.Registry)
	}
	made, err := r.p.build(ctx, r.build, missing, r.out.kept(r.plan.Known))
	if err != nil {
		return nil, err
	}
	for i, m := range made {
		list[at[i]].Layout, list[at[i]].Digest = m.Layout, m.Digest
	}
	return list, nil
}

// publish uploads, verifies and tags.
func (r *run) publish(ctx context.Context, images []release.Image) (err error) {
	verify := func(ctx context.Context) error { return r.p.verify(ctx, r.build, images) }
	hooks, done := r.out.hooks(verify, r.pushSource)
	defer func() { done(err) }()
	r.result, err = release.Publish(ctx, r.out.client, r.out.settings, r.plan, images, hooks)
	return r.p.roomForPublish(err)
}

// roomForRegistry is the free disk below which the registry on this machine, whose disk is ours, is taken to have failed
// for want of it: it does not say so itself.
const roomForRegistry = 16 << 20

// roomForPublish gives a failed publish the disk that is full, where one is.
func (p *Pipeline) roomForPublish(err error) error {
	if free, e := fault.Free(p.cfg.Dist); err == nil || e != nil || free > roomForRegistry || fault.CodeOf(err) == fault.Gate {
		return err
	}
	return fault.New(fault.CodeOf(err), "%w", err).WithHint("%s", fault.Full(p.cfg.Dist))
}

// dry says what building and publishing would do.
func (r *run) dry(ctx context.Context) error {
	had := map[string]string{}
	for _, spec := range r.build.specs {
		found, err := release.Reuse(ctx, r.out.client, r.out.settings, r.plan.Known, spec.Name, r.build.inputs[spec.Name])
		if err != nil {
			return err
		}
		switch {
		case found != nil:
			had[spec.Name] = "published before with the same inputs"
		case r.p.builtAlready(r.build.inputs[spec.Name]) != nil:
			had[spec.Name] = "built already"
		}
	}
	r.result = release.Dry(r.out.settings, r.plan, had)
	return nil
}

// tell reports the run, however it ended.
func (r *run) tell(err error) error {
	if r.resolved == nil || session.Shown(err) && r.build == nil {
		return err // upstream or the series failed, and that has its own report
	}
	out := &report.Release{
		State: release.Failed, Name: r.p.cfg.Name, LeftOut: []report.LeftOut{}, Images: []report.Image{}, Registries: []report.Registry{},
		Upstream: upstreamOf(r.resolved.pin, r.resolved.facts), Created: r.resolved.pin.Date, Stages: r.p.story.Stages(), Moving: r.p.cfg.Publish.Moving,
	}
	if b := r.build; b != nil {
		out.Version, out.Tree, out.Commit, out.Inputs = b.candidate.Stamp.Shown(), b.candidate.Tree, b.candidate.Commit, b.candidate.Inputs()
		for _, l := range b.candidate.LeftOut {
			out.LeftOut = append(out.LeftOut, report.LeftOut(l))
		}
	}
	if r.plan != nil {
		out.State = r.plan.State
		if err != nil {
			out.State = release.Failed
		}
		out.Tag = r.plan.Tag.String()
		switch {
		case err != nil || r.result != nil:
		case r.plan.State == release.Unchanged:
			fillRecord(out, r.plan.Record)
			if newest := r.plan.Known.Newest; newest.Tag != r.plan.Tag.String() {
				out.Words = map[string]string{release.Unchanged: "unchanged: this was released already, but " + newest.Tag + " is newer:"}
				out.Hint = "to bring it back: " + r.p.caller.Line(target.PublishRollback.Command("-to="+out.Tag, "-reason=TEXT"))
			}
		case r.plan.State == release.Held:
			out.Tag, out.Words = "", map[string]string{release.Held: r.plan.Why + " · checked, and nothing published:"}
		}
		for _, a := range r.plan.Accepted {
			out.Accepted = append(out.Accepted, report.Accepted{Gate: a.Gate, Reason: a.Reason})
		}
	}
	if r.result != nil {
		r.p.fillResult(out, r.result)
	}
	if err != nil {
		r.p.fillError(out, err)
	}
	return r.p.tellRelease(releaseFile, out, err)
}

// ReleaseMistake writes dist/release.json for a release that did not begin, for a mistake in its options.
func (p *Pipeline) ReleaseMistake(mistake error) error {
	out := &report.Release{
		State: release.Failed, Name: p.cfg.Name, LeftOut: []report.LeftOut{}, Images: []report.Image{}, Registries: []report.Registry{},
	}
	p.fillError(out, mistake)
	return errors.Join(mistake, report.WriteJSON(p.cfg.Result(releaseFile), out, p.term.Secrets()))
}

// fillResult puts what publishing gave into a report, and says what a person should hear of.
func (p *Pipeline) fillResult(out *report.Release, r *release.Result) {
	for _, w := range r.Warnings {
		p.term.Warnf("%s", w)
	}
	out.State, out.Resume = r.State, r.Resume
	if r.Record != nil {
		fillRecord(out, r.Record)
	}
	for _, g := range r.Registries {
		out.Registries = append(out.Registries, report.Registry{Name: g.Name, State: g.State, Error: g.Error})
	}
	for _, s := range r.Steps {
		out.Plan = append(out.Plan, report.Step{What: s.What, On: s.On, To: s.To, Skip: s.Skip, Bytes: s.Bytes})
	}
}

// fillError puts what went wrong into a report; the command that finishes a release is hint enough.
func (p *Pipeline) fillError(out *report.Release, err error) {
	out.Exit, out.Error = fault.CodeOf(err), err.Error()
	if out.Resume == "" {
		out.Hint = p.caller.Hint(fault.HintOf(err))
	}
}

// fillRecord puts a release's record into a report.
func fillRecord(out *report.Release, r *release.Record) {
	out.Name, out.Version, out.Tag, out.Released, out.Created = r.Name, r.Version, r.Tag, r.Released, r.Created
	out.Tree, out.Commit, out.Inputs = r.Tree, r.Commit, r.Inputs
	out.Accepted = nil
	for _, a := range r.Accepted {
		out.Accepted = append(out.Accepted, report.Accepted{Gate: a.Gate, Reason: a.Reason})
	}
	out.Images = out.Images[:0]
	for _, i := range r.Images {
		out.Images = append(out.Images, report.Image{Name: i.Name, Digest: i.Digest, Platforms: i.Platforms, Tags: i.Tags, Bytes: i.Bytes, Inputs: i.Inputs})
	}
}
