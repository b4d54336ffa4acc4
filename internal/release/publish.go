package release

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/stamp"
)

// Publish brings a release out, or finishes the one that the plan names; then images may be empty. Nothing is tagged
// before everything can be pulled from every registry that is required, and the record is tagged last. The result tells
// what came of it beside an error too.
func Publish(ctx context.Context, c *registry.Client, s Settings, plan *Plan, images []Image, hooks Hooks) (*Result, error) {
	if plan.State == Unchanged || plan.State == Held {
		return plan.idle(s), nil
	}
	r := &run{client: c, set: s, hooks: hooks, plan: plan, known: plan.Known, images: images, states: map[registry.Registry]*RegistryState{}}
	for _, reg := range s.Registries {
		r.states[reg] = &RegistryState{Name: reg.String(), State: Planned}
	}
	journal, err := OpenJournal(s.Dist)
	if err != nil {
		return r.result(), err
	}
	defer journal.Close()
	journal.after = hooks.journal
	r.journal = journal
	err = r.all(ctx)
	res := r.result()
	if err == nil {
		return res, nil
	}
	res.State = Failed
	published := r.moved && fault.CodeOf(err) != fault.Retry // who was overtaken has nothing to finish
	for _, st := range r.states {
		switch {
		case st.State == Done, st.State == Lagging:
		case published && st.moved:
			st.State = Partial
		default:
			st.State = Failed
		}
	}
	if published {
		res.State, res.Resume = Partial, s.Resume
		err = r.partial(err)
	}
	res.Registries = r.registries()
	_ = journal.Add(Entry{Step: stepFailed, Tag: plan.Tag.String(), Error: secret.Mask(ctx, err.Error())})
	return res, err
}

// idle is the result of a plan to do nothing.
func (p *Plan) idle(s Settings) *Result {
	res := &Result{State: p.State, Record: p.Record, Warnings: []string{}}
	if p.Record == nil {
		res.Record = p.Known.Newest
	}
	for _, r := range s.Registries {
		st := RegistryState{Name: r.String(), State: Unchanged}
		if err := p.Known.Errors[r.String()]; err != nil {
			st.State, st.Error, st.Code = Lagging, err.Error(), fault.CodeOf(err)
			res.Warnings = append(res.Warnings, "lagging: "+err.Error())
		}
		res.Registries = append(res.Registries, st)
	}
	return res
}

// all is the flow.
func (r *run) all(ctx context.Context) error {
	if err := r.journal.Add(Entry{Step: stepPlanned, Tag: r.plan.Tag.String(), Digest: r.plan.Candidate.inputs()}); err != nil {
		return err
	}
	if err := r.gather(ctx); err != nil {
		return err
	}
	r.skipUnreachable()
	if err := r.pack(r.plan.Accepted); err != nil {
		return err
	}
	if err := r.deliver(ctx, append(r.deliveries, registry.Delivery{Image: r.set.artifact(), Content: r.artifact})); err != nil {
		return err
	}
	if r.plan.Record == nil {
		if err := r.inspect(ctx); err != nil {
			return err
		}
	}
	if r.hooks.Source != nil && r.record.Source != "" {
		r.hooks.stage("pushing the patched source")
		if err := r.hooks.Source(ctx, r.record.Source); err != nil {
			return err
		}
	}
	if err := r.tag(ctx); err != nil {
		return err
	}
	return r.finish()
}

// pack makes the record and its artifact, as things stand.
func (r *run) pack(accepted []Accepted) (err error) {
	if r.plan.kept != nil {
		r.record, r.artifact = r.plan.Record, r.plan.kept.Content
		return nil
	}
	if r.plan.Record == nil {
		r.record = newRecord(r.set, r.plan, r.deliveries, r.images, accepted)
	}
	r.artifact, err = artifactOf(r.set, r.record)
	return err
}

func (c Candidate) inputs() string {
	if c.Stamp.Pin == "" {
		return ""
	}
	return c.Inputs()
}

// gather makes or finds the contents.
func (r *run) gather(ctx context.Context) error {
	if p := r.plan; p.Record != nil {
		r.record = p.Record
		for _, i := range p.Record.Images {
			content, err := fetch(ctx, r.client, r.set, r.known, i.Name, i.Digest)
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
		content, err := i.stamped(ctx, r.plan.Candidate.Stamp)
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

// deliver uploads and reads back, at every registry at once.
func (r *run) deliver(ctx context.Context, what []registry.Delivery) error {
	r.hooks.stage("uploading")
	live := r.live()
	for reg, err := range r.client.Upload(ctx, live, what) {
		r.fail(reg, err)
	}
	if err := r.stop(ctx); err != nil {
		return err
	}
	if err := r.note(stepUploaded, ""); err != nil {
		return err
	}
	r.hooks.stage("reading back")
	r.each(func(reg registry.Registry) error {
		known := r.verified(reg)
		for _, d := range what {
			if err := r.client.Verify(ctx, reg, d, known); err != nil {
				return err
			}
		}
		return nil
	})
	if err := r.stop(ctx); err != nil {
		return err
	}
	return r.note(stepVerified, "")
}

// verified says which blobs a registry gave back before: those of the newest release, where it has that.
func (r *run) verified(reg registry.Registry) func(v1.Hash) bool {
	known := map[string]bool{}
	for _, sh := range r.known.shelves {
		if sh.registry == reg && r.known.Newest != nil && sh.has(r.known.Newest.Tag) {
			for _, i := range r.known.Newest.Images {
				for _, b := range i.Blobs {
					known[i.Name+" "+b.Digest] = true
					known[b.Digest] = true
				}
			}
		}
	}
	return func(h v1.Hash) bool { return known[h.String()] }
}

// inspect asks the gates that need the finished images, image:verify's and visibility. What a person lets pass here goes
// into the record too, which then is another one.
func (r *run) inspect(ctx context.Context) error {
	var refusals []refusal
	if r.hooks.Verify != nil {
		r.hooks.stage("checking the images")
		err := r.hooks.Verify(ctx)
		if err != nil && fault.CodeOf(err) != fault.Gate {
			return err
		}
		if err != nil {
			refusals = append(refusals, refusal{GateVerify, err.Error(), fault.HintOf(err).String()})
		}
	}
	hidden, err := r.visible(ctx)
	if err != nil {
		return err
	}
	if err := r.stop(ctx); err != nil {
		return err
	}
	passed, err := r.plan.accept.settle(append(refusals, hidden...))
	if err != nil || len(passed) == 0 {
		return err
	}
	for _, a := range passed {
		r.warnings = append(r.warnings, fmt.Sprintf("gate %s let pass: %s", a.Gate, a.What))
	}
	if err := r.pack(append(r.plan.Accepted[:len(r.plan.Accepted):len(r.plan.Accepted)], passed...)); err != nil {
		return err
	}
	return r.deliver(ctx, []registry.Delivery{{Image: r.set.artifact(), Content: r.artifact}})
}

// newRecord writes down what is about to be released.
func newRecord(s Settings, p *Plan, deliveries []registry.Delivery, images []Image, accepted []Accepted) *Record {
	c := p.Candidate
	rec := &Record{
		Format: 1, Kind: "release", Name: s.Name, Version: c.Stamp.Shown(), Tag: p.Tag.String(), Released: p.Tag.Time, Created: c.Stamp.Created.UTC(),
		Upstream: c.Upstream, Tree: c.Tree, Commit: c.Commit, Inputs: c.Inputs(), Packages: c.Packages, LeftOut: orEmpty(c.LeftOut),
		Moving: orEmpty(s.Moving), Accepted: orEmpty(accepted), Migrations: orEmpty(c.Migrations), Database: orEmpty(c.Migrations),
	}
	if c.Stamp.Push != "" {
		rec.Source = "howdah/" + rec.Tag
	}
	if n := p.Known.Newest; n != nil && !passed(accepted, GateSchema) {
		rec.Database = stamp.Migrations(append(append([]string{}, c.Migrations...), n.Database...))
	}
	for _, d := range deliveries {
		i := RecordImage{Name: d.Image, Digest: d.Content.Digest().String(), Tags: append([]string{rec.Tag}, s.Moving...), Bytes: d.Content.Bytes(), Inputs: c.Images[d.Image]}
		for _, img := range images {
			if img.Name == d.Image {
				i.Platforms = orEmpty(img.Platforms)
			}
		}
		for _, b := range d.Content.Blobs {
			i.Blobs = append(i.Blobs, RecordBlob{Digest: b.Digest.String(), Size: b.Size})
		}
		rec.Images = append(rec.Images, i)
	}
	return rec
}

func passed(accepted []Accepted, gate string) bool {
	for _, a := range accepted {
		if a.Gate == gate {
			return true
		}
	}
	return false
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// finish writes what stays on this machine.
func (r *run) finish() error {
	if err := r.journal.Add(Entry{Step: stepDone, Tag: r.record.Tag}); err != nil {
		return err
	}
	data, err := r.record.Bytes()
	if err != nil {
		return err
	}
	return errors.Join(
		writeFile(filepath.Join(r.set.Dist, "releases", r.record.Tag+".json"), data),
		writeFile(filepath.Join(r.set.Dist, "kustomization.yaml"), kustomization(r.set, r.record)))
}
