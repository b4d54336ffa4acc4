package release

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// Rollback gives an older release's images a new tag with the time of now, so that whoever follows tags goes back too,
// and sets a hold before that. An empty tag is the newest release that has other images than the newest has.
func Rollback(ctx context.Context, c *registry.Client, s Settings, tag string, accept Accept, now time.Time, dry bool) (*Result, error) {
	if accept.Reason == "" {
		return nil, fault.New(fault.Usage, "a rollback needs a reason").WithHint("-reason=TEXT is kept in the record, and in the hold")
	}
	if err := accept.Check(); err != nil {
		return nil, err
	}
	k, err := Read(ctx, c, s)
	if err != nil {
		return nil, err
	}
	if err := k.unreachable(s); err != nil {
		return nil, err
	}
	if k.Newest == nil {
		return nil, fault.New(fault.Usage, "nothing has been released that could be rolled back")
	}
	old, err := k.before(ctx, tag)
	if err != nil {
		return nil, err
	}
	var refusals []refusal
	if missing := stamp.Lacking(old.Migrations, k.Newest.Database); len(missing) > 0 {
		refusals = append(refusals, refusal{GateSchema, migrations(len(missing), "of later releases", "in "+old.Tag) + some(missing),
			"the database has run them; Mastodon's older code may not fit it"})
	}
	passed, err := accept.settle(refusals)
	if err != nil {
		return nil, err
	}
	rec := *old
	last := k.Tags[len(k.Tags)-1].Time
	if now = now.UTC().Truncate(time.Second); !now.After(last) {
		now = last.Add(time.Second)
	}
	t := old.Parsed()
	t.Time = now
	rec.Kind, rec.Tag, rec.Released, rec.Of, rec.Reason, rec.Accepted = "rollback", t.String(), now, old.Tag, accept.Reason, orEmpty(passed)
	rec.Moving, rec.Database = orEmpty(s.Moving), k.Newest.Database
	p := &Plan{State: Done, Tag: t, Record: rec.tagged(append([]string{rec.Tag}, s.Moving...)), Known: k}
	if dry {
		return Dry(s, p, nil), nil
	}
	if res, err := Hold(ctx, c, s, true, fmt.Sprintf("rolled back to %s: %s", old.Tag, accept.Reason), now); err != nil {
		return res, err
	}
	return Publish(ctx, c, s, p, nil, Hooks{})
}

// before gives the release that a rollback goes back to.
func (k *Known) before(ctx context.Context, tag string) (*Record, error) {
	if tag != "" {
		got, err := k.record(ctx, tag)
		if err != nil {
			return nil, err
		}
		return got.Record, nil
	}
	for _, t := range slices.Backward(k.Tags[:len(k.Tags)-1]) {
		got, err := k.record(ctx, t.String())
		if err != nil {
			return nil, err
		}
		if !sameImages(got.Record, k.Newest) && got.Record.Tag != k.Newest.Of {
			return got.Record, nil
		}
	}
	return nil, fault.New(fault.Usage, "there is no release before %s that differs from it", k.Newest.Tag)
}

// tagged is the record with other tags on its images.
func (r Record) tagged(tags []string) *Record {
	r.Images = slices.Clone(r.Images)
	for i := range r.Images {
		r.Images[i].Tags = slices.Clone(tags)
	}
	return &r
}

func sameImages(a, b *Record) bool {
	return slices.EqualFunc(a.Images, b.Images, func(x, y RecordImage) bool { return x.Name == y.Name && x.Digest == y.Digest })
}

// Promote moves tags to a release that is whole, on the images and on the record, at every registry.
func Promote(ctx context.Context, c *registry.Client, s Settings, tag string, moving []string, accept Accept, dry bool) (*Result, error) {
	if err := accept.Check(); err != nil {
		return nil, err
	}
	if len(moving) == 0 {
		return nil, fault.New(fault.Usage, "no tag to move is named")
	}
	for _, m := range moving {
		_, parsed := stamp.ParseTag(m)
		if err := registry.CheckTag(m); err != nil || parsed == nil || slices.Contains([]string{currentTag, pendingTag, holdTag}, m) {
			return nil, errors.Join(err, fault.New(fault.Usage, "%q is not a tag that may be moved by hand", m))
		}
	}
	k, err := Read(ctx, c, s)
	if err != nil {
		return nil, err
	}
	if err := k.unreachable(s); err != nil {
		return nil, err
	}
	if tag == "" && k.Newest != nil {
		tag = k.Newest.Tag
	}
	got, err := k.record(ctx, tag)
	if err != nil {
		return nil, err
	}
	res := &Result{State: Done, Record: got.Record.tagged(append([]string{got.Record.Tag}, moving...)), Digest: got.digest(), Warnings: []string{}}
	if dry {
		res.State = Planned
	}
	p := &promotion{client: c, set: s, of: got, moving: moving, dry: dry}
	if err := p.check(ctx, k, accept); err != nil {
		return nil, err
	}
	var errs []error
	for _, sh := range k.shelves {
		st := RegistryState{Name: sh.registry.String(), State: res.State}
		err := sh.err
		if err == nil {
			var steps []Step
			if steps, err = p.move(ctx, sh); dry {
				res.Steps = append(res.Steps, steps...)
			}
		}
		if err != nil {
			st.State, st.Error, st.Code = Lagging, err.Error(), fault.CodeOf(err)
			if s.required(sh.registry) {
				st.State = Failed
				errs = append(errs, err)
			}
		}
		res.Registries = append(res.Registries, st)
	}
	if err := errors.Join(errs...); err != nil {
		res.State = Failed
		if p.moved {
			res.State = Partial
			err = fault.New(fault.Partial, "%s is promoted in part: %w", tag, err).WithHint("the same command finishes it")
		}
		return res, err
	}
	return res, nil
}

// promotion moves the same tags at one registry after the other.
type promotion struct {
	client *registry.Client
	set    Settings
	of     *kept
	moving []string
	dry    bool
	moved  bool
}

// check refuses, before anything moves, what is not whole, and going back without saying so.
func (p *promotion) check(ctx context.Context, k *Known, accept Accept) error {
	var refusals []refusal
	for _, sh := range k.shelves {
		if sh.err != nil {
			continue
		}
		whole, err := sh.whole(ctx, p.client, p.set, p.of, false)
		if err != nil {
			return err
		}
		if !whole && p.set.required(sh.registry) {
			return fault.New(fault.Gate, "release %s is not whole at %s", p.of.Record.Tag, sh.registry).WithHint("finish it: %s", p.set.Resume)
		}
		for _, m := range p.moving {
			if !sh.has(m) {
				continue
			}
			if at, err := readRecord(ctx, sh.repo, m); err == nil && at.Record.Tag > p.of.Record.Tag {
				refusals = append(refusals, refusal{GateOlder, fmt.Sprintf("%q of %s stands for %s, which is newer", m, sh.registry, at.Record.Tag), "publish:rollback goes back in a way that Flux follows"})
			}
		}
	}
	_, err := accept.settle(refusals)
	return err
}

func (p *promotion) move(ctx context.Context, sh *shelf) ([]Step, error) {
	var steps []Step
	wants := []want{}
	for _, i := range p.of.Record.Images {
		wants = append(wants, want{image: i.Name, digest: i.Digest})
	}
	wants = append(wants, want{image: p.set.artifact(), digest: p.of.digest()})
	for _, w := range wants {
		repo, err := p.client.Repo(sh.registry, w.image)
		if err != nil {
			return steps, err
		}
		m, found, err := repo.Get(ctx, w.digest)
		if err != nil {
			return steps, err
		}
		if !found {
			return steps, fault.New(fault.Registry, "%s lacks %s", repo, w.digest)
		}
		for _, t := range p.moving {
			steps = append(steps, Step{What: "move", On: repo.String(), To: t})
			if p.dry {
				continue
			}
			if _, err := repo.Move(ctx, t, m); err != nil {
				return steps, err
			}
			p.moved = true
		}
	}
	return steps, nil
}
