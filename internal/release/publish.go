package release

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/howdah/howdah/internal/deployment"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/releasejournal"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/target"
)

// Publish publishes a release, or finishes the one that the plan names, for which images may be empty. No tag is
// written before everything can be pulled from every required registry, and the record is tagged last. The result is
// valid with an error, too.
func (s Store) Publish(ctx context.Context, plan *Plan, images []Image, hooks Hooks) (*Result, error) {
	if plan.State == Unchanged || plan.State == Held {
		return plan.idle(s.Settings), nil
	}
	journal, err := releasejournal.Open(s.Settings.Dist)
	if err != nil {
		res := newRun(s, plan, hooks, nil).result()
		res.State = Failed
		return res, err
	}
	defer journal.Close()
	journal.After = hooks.journal
	r, err := newRun(s, plan, hooks, journal).publish(ctx, images)
	if fault.CodeOf(err) == fault.Retry {
		err = errors.Join(err, r.restoreTag(ctx))
	}
	if err != nil {
		return r.failed(ctx, err)
	}
	return r.result(), r.writeDown()
}

// failed returns the result of a run that did not finish: failed if no tag that people see has moved, otherwise
// partial. If a newer release went first before this run moved a moving tag, there is nothing to finish: its own tag
// on images never becomes a release.
func (r *run) failed(ctx context.Context, err error) (*Result, error) {
	overtaken := fault.CodeOf(err) == fault.Retry && !r.progress.follows
	published := r.progress.moved && !overtaken
	for reg, st := range r.progress.states {
		if overtaken && st.moved && !r.progress.restored[reg] {
			r.warn("%s has images with the tag %s, which will not become a release; no moving tag points to them", st.Name,
				r.plan.Tag)
		}
		switch {
		case st.State == Done, st.State == lagging:
		case published && st.moved:
			st.State = partial
		default:
			st.State = Failed
		}
	}
	res := r.result()
	res.State = Failed
	if published {
		res.State, res.Resume = partial, target.PublishResume.Command()
		err = r.partial(err)
	}
	_ = r.journal.Add(releasejournal.Entry{Step: releasejournal.Failed, Tag: r.plan.Tag.String(),
		Error: secret.Mask(ctx, err.Error())})
	return res, err
}

// writeDown writes this machine's copies of the release that was published, and ends it in the journal.
func (r *run) writeDown() error {
	err := r.store.Settings.writeCopy(r.contents.record)
	if err == nil {
		err = r.journal.Add(releasejournal.Entry{Step: releasejournal.Done, Tag: r.contents.record.Tag})
	}
	if err == nil {
		return nil
	}
	return fault.New(fault.Other, "release %s is published everywhere; its copy on this machine is not written: %w",
		r.contents.record.Tag, err).
		WithHint("nothing is left to publish; once the folder can be written, the same command writes the copy")
}

// idle returns the result of a plan to do nothing.
func (p *Plan) idle(s Settings) *Result {
	res := &Result{State: p.State, Record: p.Record, Warnings: []string{}}
	if p.Record == nil {
		res.Record = p.Known.Newest
	}
	for _, r := range s.Registries {
		st := RegistryState{Name: r.String(), State: Unchanged}
		if err := p.Known.Errors[r.String()]; err != nil {
			st.State, st.Error, st.code = lagging, err.Error(), fault.CodeOf(err)
			res.Warnings = append(res.Warnings, "lagging: "+err.Error())
		}
		res.Registries = append(res.Registries, st)
	}
	return res
}

// publish runs the steps of a release in an order that keeps an unfinished release invisible: the record is tagged
// last. It returns the run with the contents that it got to.
func (r *run) publish(ctx context.Context, images []Image) (*run, error) {
	if err := r.journal.Add(releasejournal.Entry{Step: releasejournal.Planned, Tag: r.plan.Tag.String(),
		Digest: r.plan.candidate.inputs()}); err != nil {
		return r, err
	}
	gathered, err := r.gather(ctx, images)
	r = r.with(gathered)
	if err != nil {
		return r, err
	}
	r.skipUnreachable()
	packed, err := r.pack(images, r.plan.Accepted)
	if err != nil {
		return r, err
	}
	r = r.with(packed)
	if err := r.deliver(ctx, r.uploads()); err != nil {
		return r, err
	}
	if r.plan.Record == nil {
		if r, err = r.inspect(ctx, images); err != nil {
			return r, err
		}
	}
	return r, r.expose(ctx)
}

// expose pushes the patched source, and then writes and moves the tags.
func (r *run) expose(ctx context.Context) error {
	if r.hooks.Source != nil && r.contents.record.Source != "" {
		r.hooks.stage("pushing the patched source")
		r.lookAgain()
		if err := r.hooks.Source(ctx, r.contents.record.Source); err != nil {
			return err
		}
	}
	if r.hooks.tagging != nil {
		r.lookAgain()
		if err := r.hooks.tagging(ctx); err != nil {
			return err
		}
	}
	return r.tag(ctx)
}

// pack returns the contents with the record and its artifact.
func (r *run) pack(images []Image, accepted []record.Accepted) (c contents, err error) {
	c = r.contents
	if r.plan.stored != nil {
		c.record, c.artifact = r.plan.Record, r.plan.stored.Content
		return c, nil
	}
	if r.plan.Record == nil {
		c.record = newRecord(r.store.Settings, r.plan, c.deliveries, images, accepted)
	}
	c.artifact, err = artifactOf(r.store.Settings, c.record)
	return c, err
}

// recordUpload returns what is uploaded of the record.
func (r *run) recordUpload() registry.Delivery {
	return registry.Delivery{Image: r.store.Settings.artifact(), Content: r.contents.artifact}
}

// uploads returns all that a release uploads: its images, and the record last.
func (r *run) uploads() []registry.Delivery {
	return append(slices.Clone(r.contents.deliveries), r.recordUpload())
}

func (c Proposal) inputs() string {
	if c.Stamp.Pin == "" {
		return ""
	}
	return c.Inputs()
}

// gather returns the contents of the images: of a release to be finished as they were published, else as they were
// built, with the stamp.
func (r *run) gather(ctx context.Context, images []Image) (c contents, err error) {
	if p := r.plan; p.Record != nil {
		c.record = p.Record
		for _, i := range p.Record.Images {
			published, err := r.store.fetch(ctx, r.known, i.Name, i.Digest)
			if err != nil {
				return c, err
			}
			c.deliveries = append(c.deliveries, registry.Delivery{Image: i.Name, Content: published})
		}
		return c, nil
	}
	byName := map[string]Image{}
	for _, i := range images {
		byName[i.Name] = i
	}
	for _, name := range r.store.Settings.Images {
		i, ok := byName[name]
		if !ok {
			return c, fault.New(fault.Build, "image %q is not built", name)
		}
		stamped, err := i.stamped(r.plan.candidate.Stamp)
		if err != nil {
			return c, err
		}
		c.deliveries = append(c.deliveries, registry.Delivery{Image: name, Content: stamped})
	}
	return c, nil
}

// skipUnreachable leaves out registries that did not answer when they were read.
func (r *run) skipUnreachable() {
	for _, reg := range r.store.Settings.Registries {
		if err := r.known.Errors[reg.String()]; err != nil {
			r.fail(reg, err)
		}
	}
}

// inspect asks the gates that need the finished images: image:verify's, and visibility. What a person overrides here
// becomes part of the record: the run that is returned has it rebuilt, and uploaded.
func (r *run) inspect(ctx context.Context, images []Image) (*run, error) {
	var refusals []refusal
	if r.hooks.Verify != nil {
		r.hooks.stage("checking the images")
		err := r.hooks.Verify(ctx)
		if err != nil && fault.CodeOf(err) != fault.Gate {
			return r, err
		}
		if err != nil {
			refusals = append(refusals, refusal{target.GateVerify, err.Error(), fault.HintOf(err)})
		}
	}
	hidden := r.visible()
	if err := r.stop(ctx); err != nil {
		return r, err
	}
	passed, err := r.plan.accept.settle(append(refusals, hidden...))
	if err != nil || len(passed) == 0 {
		return r, err
	}
	for _, a := range passed {
		r.warn("gate %s overridden: %s", a.Gate, a.What)
	}
	packed, err := r.pack(images, append(slices.Clone(r.plan.Accepted), passed...))
	if err != nil {
		return r, err
	}
	r = r.with(packed)
	return r, r.deliver(ctx, []registry.Delivery{r.recordUpload()})
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// writeCopy writes this machine's copies of a release.
func (s Settings) writeCopy(rec *record.Record) error {
	data, err := rec.Bytes()
	if err != nil {
		return err
	}
	return errors.Join(
		files.Write(filepath.Join(s.Dist, "releases", rec.Tag+".json"), data),
		files.Write(filepath.Join(s.Dist, deployment.KustomizationFile), deployment.Kustomization(s.primary(), rec)),
		files.Write(filepath.Join(s.Dist, deployment.ComposeFile), s.compose(rec)))
}

// writeMissingCopy writes this machine's copies of the newest release if the run that published it could not.
func (s Settings) writeMissingCopy(p *Plan) error {
	if b := s.unfinished(); b == nil || b.Tag != p.Tag.String() || !p.Known.isNewest(p.Tag) {
		return nil
	}
	kept, err := releasejournal.Open(s.Dist)
	if err != nil {
		return err
	}
	defer kept.Close()
	if err := s.writeCopy(p.Record); err != nil {
		return err
	}
	return kept.Add(releasejournal.Entry{Step: releasejournal.Done, Tag: p.Tag.String()})
}
