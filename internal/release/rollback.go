package release

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// Rollback gives an older release's images a new tag with the present time, so that whoever follows tags also goes
// back, and sets a hold right before. An empty tag means the release before the newest, see [Known.before]. If a
// rollback was begun and not finished, it is finished instead, under its own tag.
func (s Store) Rollback(
	ctx context.Context, tag string, accept Accept, now time.Time, dry bool,
) (*Result, error) {
	if accept.Reason == "" {
		return nil, fault.New(fault.Usage, "a rollback needs a reason").
			WithHint("-reason=TEXT is kept in the record, and in the hold")
	}
	if err := accept.check(); err != nil {
		return nil, err
	}
	k, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	if err := k.unreachable(s.Settings); err != nil {
		return nil, err
	}
	p, err := s.rollback(ctx, k, tag, accept, now)
	if err != nil {
		return nil, err
	}
	if dry {
		return s.Dry(p, nil), nil
	}
	if p.State == Unchanged {
		return p.idle(s.Settings), nil
	}
	return s.publishRollback(ctx, p, Hooks{}, accept.Reason)
}

func (s Store) rollback(ctx context.Context, k *Known, tag string, accept Accept, now time.Time) (*Plan, error) {
	begun, err := s.begun(ctx, k)
	if err != nil {
		return nil, err
	}
	half, err := s.unfinishedRollback(ctx, k, begun, tag)
	if err != nil {
		return nil, err
	}
	if half != nil {
		return s.finishing(ctx, k, half)
	}
	if done, err := s.doneMeanwhile(ctx, k, tag); err != nil || done {
		return &Plan{State: Unchanged, Known: k, Record: k.Newest, Tag: k.Newest.ParsedTag()}, err
	}
	if len(k.tags) == 0 {
		return nil, fault.New(fault.Usage, "nothing has been released that could be rolled back")
	}
	from, err := s.shown(ctx, k, begun)
	if err != nil {
		return nil, err
	}
	old, err := k.before(ctx, tag, from)
	if err != nil {
		return nil, err
	}
	database := old.Database
	if k.Newest != nil {
		database = k.Newest.Database
	}
	var refusals []refusal
	if missing := stamp.Lacking(old.Migrations, database); len(missing) > 0 {
		refusals = append(refusals,
			refusal{target.GateSchema, migrations(len(missing), "of later releases", "in "+old.Tag) + listed(missing),
				fault.Hintf("the database has run them; Mastodon's older code may not work with it")})
	}
	passed, err := accept.settle(refusals)
	if err != nil {
		return nil, err
	}
	last, err := s.lastTime(ctx, k) // another machine's clock may be ahead
	if err != nil {
		return nil, err
	}
	if now = now.UTC().Truncate(time.Second); !now.After(last) {
		now = last.Add(time.Second)
	}
	rec := *old
	t := old.ParsedTag()
	t.Time = now
	rec.Kind, rec.Tag, rec.Released, rec.Of, rec.Reason, rec.Accepted = record.KindRollback, t.String(), now, old.Tag,
		accept.Reason, orEmpty(passed)
	rec.Moving, rec.Database = orEmpty(s.Settings.Moving), database
	return &Plan{State: Done, Tag: t, Record: rec.WithTags(append([]string{rec.Tag}, s.Settings.Moving...)), Known: k}, nil
}

// unfinishedRollback returns a rollback that was begun and not finished, if it is the newest release and has the same
// goal as this one.
func (s Store) unfinishedRollback(
	ctx context.Context, k *Known, begun []*storedRecord, tag string,
) (*storedRecord, error) {
	got := k.newest
	if n := len(begun); n > 0 && k.isNewest(begun[n-1].Record.ParsedTag()) {
		got = begun[n-1]
	}
	if got == nil || got.Record.Kind != record.KindRollback || !k.isNewest(got.Record.ParsedTag()) {
		return nil, nil
	}
	if tag != "" && tag != got.Record.Of && tag != got.Record.Tag {
		return nil, nil
	}
	if k.released(got.Record.ParsedTag()) && !s.underWay(k, got.Record.Tag) {
		if whole, err := s.whole(ctx, k, got); err != nil || whole {
			return nil, err
		}
	}
	return got, nil
}

// underWay reports whether a rollback was begun and is not known to have ended; all its tags may be in place.
func (s Store) underWay(k *Known, tag string) bool {
	b := s.Settings.unfinished()
	return k.hold.On && k.hold.Rollback == tag || b != nil && b.Tag == tag
}

// shown returns the release that servers run, or some of them: the newest, or one that was begun after it and that a
// moving tag already points to.
func (s Store) shown(ctx context.Context, k *Known, begun []*storedRecord) (*record.Record, error) {
	for _, got := range slices.Backward(begun) {
		if t := got.Record.ParsedTag(); !k.isNewest(t) || k.released(t) {
			continue
		}
		seen := make([]bool, len(k.inventories))
		err := parallel(len(seen), func(i int) (err error) {
			seen[i], err = s.shows(ctx, k.inventories[i], got.Record)
			return err
		})
		if slices.Contains(seen, true) {
			return got.Record, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return k.Newest, nil
}

// shows reports whether a moving tag of a registry points to an image of a release.
func (s Store) shows(ctx context.Context, sh *inventory, rec *record.Record) (bool, error) {
	if sh.err != nil {
		return false, nil
	}
	for _, i := range rec.Images {
		repo, err := s.repo(sh.registry, i.Name)
		if err != nil {
			return false, err
		}
		for _, m := range s.Settings.Moving {
			digest, found, err := repo.Head(ctx, m)
			if err != nil || found && digest == i.Digest {
				return found, err
			}
		}
	}
	return false, nil
}

// before returns the release that a rollback returns to: the one named, or the newest one before from that has other
// images. If from is a rollback itself, it is the one before the release that it returned to, so that two rollbacks
// do not cancel each other.
func (k *Known) before(ctx context.Context, tag string, from *record.Record) (*record.Record, error) {
	if tag != "" {
		got, err := k.record(ctx, tag)
		if err != nil {
			return nil, err
		}
		return got.Record, nil
	}
	if from == nil {
		return nil, k.unreadable[0]
	}
	at := from
	for at.Kind == record.KindRollback && at.Of < at.Tag {
		got, err := k.record(ctx, at.Of)
		if err != nil {
			return nil, fmt.Errorf("reading what %s rolled back to: %w", at.Tag, err)
		}
		at = got.Record
	}
	for _, t := range slices.Backward(k.tags) {
		if t.String() >= at.Tag {
			continue
		}
		got, err := k.record(ctx, t.String())
		if unreadable(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !record.SameImages(got.Record, at) && !record.SameImages(got.Record, from) {
			return got.Record, nil
		}
	}
	return nil, fault.New(fault.Usage, "no release before %s differs from it", at.Tag)
}
