package release

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/releasejournal"
	"github.com/howdah/howdah/internal/target"
)

// run publishes one release, or finishes it. What its steps do and read ahead is in its progress; the other fields stay
// as they were made.
type run struct {
	store    Store
	hooks    Hooks
	plan     *Plan
	known    *Known
	journal  *releasejournal.Journal
	contents contents
	settles  bool // the moving tags are checked until they stay
	progress *progress
}

// contents are what a release consists of.
type contents struct {
	deliveries []registry.Delivery // of the images
	record     *record.Record
	artifact   content.Content // of the record
}

// progress is what a run has done so far, and what it has read ahead of the next step.
type progress struct {
	mu        sync.Mutex
	states    map[address.Registry]*RegistryState
	written   map[string]moveOf // by registry, image and tag: what this run moved
	doubted   map[string]bool   // likewise: the old digest was there again after the write
	unread    map[address.Registry][]func(context.Context) error
	seen      map[address.Registry]seen
	anonymous map[address.Registry][]*sight
	restored  map[address.Registry]bool // the release's tag was restored to what another run released under it
	moved     bool                      // a tag that people see has moved, or may have
	follows   bool                      // a moving tag has moved, or may have
	warnings  []string
}

func newRun(s Store, p *Plan, hooks Hooks, journal *releasejournal.Journal) *run {
	done := &progress{states: map[address.Registry]*RegistryState{}, written: map[string]moveOf{},
		doubted: map[string]bool{}, unread: map[address.Registry][]func(context.Context) error{},
		seen: map[address.Registry]seen{}, anonymous: map[address.Registry][]*sight{},
		restored: map[address.Registry]bool{}}
	for _, reg := range s.Settings.Registries {
		done.states[reg] = &RegistryState{Name: reg.String(), State: Planned}
	}
	return &run{store: s, hooks: hooks, plan: p, known: p.Known, journal: journal, progress: done}
}

// with returns the run that publishes these contents.
func (r *run) with(c contents) *run {
	out := *r
	out.contents = c
	return &out
}

// partial returns the error of a release that is partly published.
func (r *run) partial(err error) error {
	var parts []string
	for _, st := range r.registries() {
		line := st.Name + " " + st.State
		if st.Error != "" && !strings.Contains(err.Error(), st.Error) {
			line += " (" + st.Error + ")"
		}
		parts = append(parts, line)
	}
	return fault.New(fault.Partial, "release %s is published in part: %s: %w", r.plan.Tag, strings.Join(parts, "; "), err).
		WithHint("finish it: %s", target.PublishResume.Command())
}

// note writes a step of every live registry to the journal.
func (r *run) note(step, image string) error {
	for _, reg := range r.live() {
		if err := r.journal.Add(releasejournal.Entry{Step: step, Tag: r.plan.Tag.String(), Registry: reg.String(),
			Image: image}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) result() *Result {
	res := &Result{State: Done, Record: r.contents.record, Registries: r.registries(),
		Warnings: append([]string{}, r.progress.warnings...)}
	if len(r.contents.artifact.Manifests) > 0 {
		res.digest = r.contents.artifact.Digest().String()
	}
	return res
}

func (r *run) registries() []RegistryState {
	var out []RegistryState
	for _, reg := range r.store.Settings.Registries {
		out = append(out, *r.progress.states[reg])
	}
	return out
}

// fail sets a registry aside: a required one fails the release, any other lags.
func (r *run) fail(reg address.Registry, err error) {
	if err == nil {
		return
	}
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	st := r.progress.states[reg]
	if st.State == Failed || st.State == lagging {
		return
	}
	st.Error, st.code = err.Error(), fault.CodeOf(err)
	if st.State = Failed; !r.store.Settings.required(reg) && !errors.Is(err, context.Canceled) {
		st.State = lagging
		r.progress.warnings = append(r.progress.warnings,
			fmt.Sprintf("%s lags and is brought up to date by the next release: %v", reg, err))
	}
	st.err = err
}

// live returns the registries that are not set aside.
func (r *run) live() []address.Registry {
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	var out []address.Registry
	for _, reg := range r.store.Settings.Registries {
		if s := r.progress.states[reg].State; s != Failed && s != lagging {
			out = append(out, reg)
		}
	}
	return out
}

// each calls do for every live registry, at the same time.
func (r *run) each(do func(address.Registry) error) {
	var all goroutine.All
	for _, reg := range r.live() {
		all.Go(func() { r.fail(reg, do(reg)) })
	}
	all.Wait()
}

// stop returns the errors that end the release: those of required registries, or the caller's cancellation.
func (r *run) stop(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	var errs []error
	for _, reg := range r.store.Settings.Registries {
		if st := r.progress.states[reg]; st.State == Failed {
			errs = append(errs, st.err)
		}
	}
	return errors.Join(errs...)
}
