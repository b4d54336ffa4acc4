package release

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// Promote moves tags to a complete release, on the images and on the record, at every registry.
func (s Store) Promote(
	ctx context.Context, tag string, moving []string, accept Accept, dry bool,
) (*Result, error) {
	if err := accept.check(); err != nil {
		return nil, err
	}
	if len(moving) == 0 {
		return nil, fault.New(fault.Usage, "no tag to move is named")
	}
	for _, m := range moving {
		if err := cmp.Or(address.CheckTag(m), stamp.CheckMoving(m)); err != nil {
			return nil, err
		}
	}
	k, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	if err := k.unreachable(s.Settings); err != nil {
		return nil, err
	}
	if tag == "" && k.Newest != nil {
		tag = k.Newest.Tag
	}
	got, err := k.record(ctx, tag)
	if err != nil {
		return nil, err
	}
	p := &promotion{store: s, of: got, moving: moving}
	if err := p.check(ctx, k, accept); err != nil {
		return nil, err
	}
	if dry {
		return p.plan(k), nil
	}
	return p.publish(ctx, k)
}

// promotion moves the same tags at every registry.
type promotion struct {
	store  Store
	of     *storedRecord
	moving []string
}

// check returns an error, before anything moves, if the release is incomplete, or if it is older than the tag's
// present one and the person has not said so.
func (p *promotion) check(ctx context.Context, k *Known, accept Accept) error {
	var refusals []refusal
	for _, sh := range k.inventories {
		if sh.err != nil {
			continue
		}
		whole, err := p.store.wholeAt(ctx, sh, p.of, false)
		if err != nil {
			return err
		}
		if !whole && p.store.Settings.required(sh.registry) {
			if !k.isNewest(p.of.Record.ParsedTag()) {
				return fault.New(fault.Gate, "release %s was never finished at %s, and a newer one was published since",
					p.of.Record.Tag, sh.registry).WithHint("promote a complete release; %s", k.latest())
			}
			return fault.New(fault.Gate, "release %s is not complete at %s", p.of.Record.Tag, sh.registry).
				WithHint("finish it: %s", target.PublishResume.Command())
		}
		for _, m := range p.moving {
			at, err := point(ctx, sh.repo, m)
			if err != nil {
				return err
			}
			if at.found && at.tag.String() > p.of.Record.Tag {
				refusals = append(refusals,
					refusal{target.GateOlder, fmt.Sprintf("%q of %s points to %s, which is newer", m, sh.registry, at.tag),
						fault.Hintf("%s goes back under a new tag, which Flux follows", rollbackTo(p.of.Record.Tag))})
			}
		}
	}
	_, err := accept.settle(refusals)
	return err
}

// result returns the fields that every result has.
func (p *promotion) result(state string) *Result {
	return &Result{State: state, Record: p.of.Record.WithTags(append([]string{p.of.Record.Tag}, p.moving...)),
		digest: p.of.digest(), Warnings: []string{}}
}

// plan returns what would move.
func (p *promotion) plan(k *Known) *Result {
	res := p.result(Planned)
	for _, sh := range k.inventories {
		st := RegistryState{Name: sh.registry.String(), State: Planned}
		if sh.err != nil {
			st.State, st.Error, st.code = lagging, sh.err.Error(), fault.CodeOf(sh.err)
		}
		res.Registries = append(res.Registries, st)
		for _, w := range p.store.Settings.wants(p.of, false) {
			for _, t := range p.moving {
				res.Steps = append(res.Steps, Step{What: "move", On: sh.registry.Name(w.image), To: t})
			}
		}
	}
	return res
}

// publish moves the tags.
func (p *promotion) publish(ctx context.Context, k *Known) (*Result, error) {
	r := newRun(p.store, &Plan{Known: k, Tag: p.of.Record.ParsedTag(), Record: p.of.Record}, Hooks{}, nil).
		with(contents{record: p.of.Record, artifact: p.of.Content})
	r.skipUnreachable()
	err := r.stop(ctx)
	if err == nil {
		err = p.heal(ctx, r, k)
	}
	if err != nil {
		return p.result(Failed), err
	}
	var mu sync.Mutex
	pairs := map[address.Registry][]pair{}
	r.each(func(reg address.Registry) error { // read everything before anything moves
		list, err := p.pairs(ctx, r, reg)
		mu.Lock()
		pairs[reg] = list
		mu.Unlock()
		return err
	})
	if err = r.stop(ctx); err == nil {
		r.each(func(reg address.Registry) error {
			_, err := r.move(ctx, reg, pairs[reg])
			if err == nil {
				r.done(reg)
			}
			return err
		})
		err = r.stop(ctx)
	}
	res := p.result(Done)
	res.Warnings = append(res.Warnings, r.progress.warnings...)
	if err != nil {
		res.State = Failed
		if r.progress.moved {
			res.State = partial
			err = fault.New(fault.Partial, "%s is promoted in part: %w", p.of.Record.Tag, err).
				WithHint("the same command finishes it")
		}
	}
	for _, st := range r.registries() {
		switch {
		case st.State == Done, st.State == lagging:
		case st.moved:
			st.State = partial
		default:
			st.State = Failed
		}
		res.Registries = append(res.Registries, st)
	}
	return res, err
}

// mostHealed is how often lost contents are searched: a missing manifest hides that its blobs are missing too.
const mostHealed = 3

// heal uploads again what registries have lost of the release. A tag only moves to what can be pulled completely.
func (p *promotion) heal(ctx context.Context, r *run, k *Known) error {
	var deliveries []registry.Delivery // fetched when they are needed first
	for range mostHealed {
		flawed := map[address.Registry][]*registry.Flaw{}
		for _, sh := range k.inventories {
			if sh.err != nil {
				continue
			}
			err := p.store.intactAt(ctx, sh, p.of)
			if flaws := registry.Flaws(err); len(flaws) > 0 {
				flawed[sh.registry] = flaws
			} else {
				r.fail(sh.registry, err)
			}
		}
		if err := r.stop(ctx); err != nil || len(flawed) == 0 {
			return err
		}
		if deliveries == nil {
			gathered, err := r.gather(ctx, nil)
			if err != nil {
				return err
			}
			deliveries = append(gathered.deliveries, r.recordUpload())
		}
		for reg, flaws := range flawed {
			for _, d := range deliveries {
				var digests []v1.Hash // of this image: another may have the same layer
				for _, f := range flaws {
					if f.Repository == reg.Name(d.Image) {
						digests = append(digests, f.Digest)
					}
				}
				r.fail(reg, r.store.Client.Resend(ctx, reg, d, digests))
			}
			r.warn("%s lost %d of the blobs and manifests of %s; they were sent again", reg, len(flaws), p.of.Record.Tag)
		}
	}
	return fault.New(fault.Registry, "release %s was sent a second time, and the registry lost it again", p.of.Record.Tag)
}

// pairs returns the tags to move at a registry, on the images and on the record.
func (p *promotion) pairs(ctx context.Context, r *run, reg address.Registry) ([]pair, error) {
	images, record, err := r.tagsOf(ctx, reg, p.of.Record.Tag)
	if err != nil {
		return nil, err
	}
	for i, want := range p.store.Settings.wants(p.of, false) { // the record first, then the images
		got := record
		if i > 0 {
			got = images[i-1]
		}
		if got.manifest.Digest.String() != want.digest {
			return nil, fault.New(fault.Registry, "%s gives %s for %s:%s, whose record says %s", reg, got.manifest.Digest,
				want.image, want.tag, want.digest)
		}
	}
	var out []pair
	for _, t := range p.moving {
		out = append(out, pair{t, append(slices.Clone(images), record)})
	}
	return out, nil
}
