package release

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

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
	r := newRun(s, plan, images, hooks)
	var err error
	r.journal, err = releasejournal.Open(s.Dist)
	if err != nil {
		res := r.result()
		res.State = Failed
		return res, err
	}
	defer r.journal.Close()
	r.journal.After = hooks.journal
	if err = r.all(ctx); err == nil {
		return r.result(), nil
	}
	if r.complete {
		return r.result(), r.unwritten(err)
	}
	if fault.CodeOf(err) == fault.Retry {
		err = errors.Join(err, r.restoreTag(ctx))
	}
	return r.failed(ctx, err)
}

// failed returns the result of a run that did not finish: failed if no tag that people see has moved, otherwise
// partial. If a newer release went first before this run moved a moving tag, there is nothing to finish: its own tag
// on images never becomes a release.
func (r *run) failed(ctx context.Context, err error) (*Result, error) {
	overtaken := fault.CodeOf(err) == fault.Retry && !r.follows
	published := r.moved && !overtaken
	for reg, st := range r.states {
		if overtaken && st.moved && !r.restored[reg] {
			r.warnings = append(r.warnings, fmt.Sprintf("%s has images with the tag %s, which will not become a release; "+
				"no moving tag points to them", st.Name, r.plan.Tag))
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

// unwritten returns the error if everything is published, and only this machine's copies could not be written.
func (r *run) unwritten(err error) error {
	return fault.New(fault.Other, "release %s is published everywhere; its copy on this machine is not written: %w",
		r.record.Tag, err).
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

// all runs the steps of a release in an order that keeps an unfinished release invisible: the record is tagged last.
func (r *run) all(ctx context.Context) error {
	if err := r.journal.Add(releasejournal.Entry{Step: releasejournal.Planned, Tag: r.plan.Tag.String(),
		Digest: r.plan.candidate.inputs()}); err != nil {
		return err
	}
	if err := r.gather(ctx); err != nil {
		return err
	}
	r.skipUnreachable()
	if err := r.pack(r.plan.Accepted); err != nil {
		return err
	}
	if err := r.deliver(ctx,
		append(r.deliveries, registry.Delivery{Image: r.set.artifact(), Content: r.artifact})); err != nil {
		return err
	}
	if r.plan.Record == nil {
		if err := r.inspect(ctx); err != nil {
			return err
		}
	}
	if r.hooks.Source != nil && r.record.Source != "" {
		r.hooks.stage("pushing the patched source")
		r.lookAgain()
		if err := r.hooks.Source(ctx, r.record.Source); err != nil {
			return err
		}
	}
	if r.hooks.tagging != nil {
		r.lookAgain()
		if err := r.hooks.tagging(ctx); err != nil {
			return err
		}
	}
	if err := r.tag(ctx); err != nil {
		return err
	}
	r.complete = true
	if err := r.set.writeCopy(r.record); err != nil {
		return err
	}
	return r.journal.Add(releasejournal.Entry{Step: releasejournal.Done, Tag: r.record.Tag})
}

// pack builds the record and its artifact.
func (r *run) pack(accepted []record.Accepted) (err error) {
	if r.plan.stored != nil {
		r.record, r.artifact = r.plan.Record, r.plan.stored.Content
		return nil
	}
	if r.plan.Record == nil {
		r.record = newRecord(r.set, r.plan, r.deliveries, r.images, accepted)
	}
	r.artifact, err = artifactOf(r.set, r.record)
	return err
}

func (c Proposal) inputs() string {
	if c.Stamp.Pin == "" {
		return ""
	}
	return c.Inputs()
}

// gather builds or finds the contents.
func (r *run) gather(ctx context.Context) error {
	if p := r.plan; p.Record != nil {
		r.record = p.Record
		for _, i := range p.Record.Images {
			content, err := r.store().fetch(ctx, r.known, i.Name, i.Digest)
			if err != nil {
				return err
			}
			r.deliveries = append(r.deliveries, registry.Delivery{Image: i.Name, Content: content})
		}
		return nil
	}
	byName := map[string]Image{}
	for _, i := range r.images {
		byName[i.Name] = i
	}
	for _, name := range r.set.Images {
		i, ok := byName[name]
		if !ok {
			return fault.New(fault.Build, "image %q is not built", name)
		}
		content, err := i.stamped(r.plan.candidate.Stamp)
		if err != nil {
			return err
		}
		r.deliveries = append(r.deliveries, registry.Delivery{Image: name, Content: content})
	}
	return nil
}

// skipUnreachable leaves out registries that did not answer when they were read.
func (r *run) skipUnreachable() {
	for _, reg := range r.set.Registries {
		if err := r.known.Errors[reg.String()]; err != nil {
			r.fail(reg, err)
		}
	}
}

// inspect asks the gates that need the finished images: image:verify's, and visibility. What a person overrides here
// becomes part of the record, which is then rebuilt.
func (r *run) inspect(ctx context.Context) error {
	var refusals []refusal
	if r.hooks.Verify != nil {
		r.hooks.stage("checking the images")
		err := r.hooks.Verify(ctx)
		if err != nil && fault.CodeOf(err) != fault.Gate {
			return err
		}
		if err != nil {
			refusals = append(refusals, refusal{target.GateVerify, err.Error(), fault.HintOf(err)})
		}
	}
	hidden := r.visible()
	if err := r.stop(ctx); err != nil {
		return err
	}
	passed, err := r.plan.accept.settle(append(refusals, hidden...))
	if err != nil || len(passed) == 0 {
		return err
	}
	for _, a := range passed {
		r.warnings = append(r.warnings, fmt.Sprintf("gate %s overridden: %s", a.Gate, a.What))
	}
	if err := r.pack(append(r.plan.Accepted[:len(r.plan.Accepted):len(r.plan.Accepted)], passed...)); err != nil {
		return err
	}
	return r.deliver(ctx, []registry.Delivery{{Image: r.set.artifact(), Content: r.artifact}})
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
