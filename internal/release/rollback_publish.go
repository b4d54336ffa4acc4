package release

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/releasejournal"
	"github.com/howdah/howdah/internal/stamp"
)

// publishRollback publishes a rollback, with a hold set right before the first tag is written. The hold records that
// the rollback has begun and, in the end, that it is done. After a failure the hold is reset, unless a tag has moved.
func (s Store) publishRollback(ctx context.Context, p *Plan, hooks Hooks, reason string) (*Result, error) {
	was, set := p.Known.hold, false
	hold := holdState{On: true, Since: p.Tag.Time, Rollback: p.Tag.String(), Revision: was.Revision + 1,
		Reason: fmt.Sprintf("rolling back to %s: %s", p.Record.Of, reason)}
	hooks.tagging = func(ctx context.Context) error {
		if was.On && was.Rollback == hold.Rollback {
			return nil
		}
		set = true
		_, _, err := s.setHold(ctx, hold)
		return err
	}
	res, err := s.Publish(ctx, p, nil, hooks)
	switch {
	case res.State == Done:
		hold.Rollback, hold.Reason, hold.Revision = "", fmt.Sprintf("rolled back to %s: %s", p.Record.Of, reason),
			hold.Revision+1
		if _, herr := s.writeHold(context.WithoutCancel(ctx), hold); herr != nil {
			res.Warnings = append(res.Warnings, "the hold still says that the rollback is running: "+herr.Error())
		}
	case res.State != partial && set && fault.CodeOf(err) == fault.Retry && s.anotherRollback(ctx, p.Tag):
		// the hold is now that one's
	case res.State != partial && set:
		err = errors.Join(err, s.restoreHold(ctx, was, hold))
	}
	if fault.CodeOf(err) == fault.Retry {
		err = fault.New(fault.Retry, "%w", err).WithHint("run the same command on this machine, or %s: it goes back to %s, "+
			"and publishes nothing if the other run already did", rollbackTo(p.Record.Of), p.Record.Of)
	}
	return res, err
}

// anotherRollback reports whether another run has begun or published a rollback later than a tag.
func (s Store) anotherRollback(ctx context.Context, after stamp.Tag) bool {
	k, err := s.readAll(ctx)
	if err != nil {
		return false
	}
	records, err := s.begun(ctx, k)
	if k.newest != nil {
		records = append(records, k.newest)
	}
	return slices.ContainsFunc(records, func(r *storedRecord) bool {
		return err == nil && r.Record.Kind == record.KindRollback && r.Record.Tag > after.String()
	})
}

// doneMeanwhile reports whether the newest release is a complete rollback to the same goal, under a hold. If no
// release is named, only a rollback counts that another run finished while this machine's own was unfinished.
func (s Store) doneMeanwhile(ctx context.Context, k *Known, tag string) (bool, error) {
	b := s.Settings.unfinished()
	if tag == "" && b != nil && b.Record != nil && b.Record.Kind == record.KindRollback &&
		!k.released(b.Record.ParsedTag()) {
		tag = b.Record.Of
	}
	at := k.newest
	if tag == "" || at == nil || at.Record.Kind != record.KindRollback || at.Record.Of != tag || !k.hold.On {
		return false, nil
	}
	if under := k.hold.Rollback; under != "" && (b == nil || under != b.Tag) {
		return false, nil
	}
	if whole, err := s.whole(ctx, k, at); err != nil || !whole {
		return false, err
	}
	return true, s.forget(b)
}

// forget ends a release in this machine's journal that another run has made unnecessary.
func (s Store) forget(b *releasejournal.Begun) error {
	if b == nil {
		return nil
	}
	kept, err := releasejournal.Open(s.Settings.Dist)
	if err != nil {
		return err
	}
	defer kept.Close()
	return kept.Add(releasejournal.Entry{Step: releasejournal.Done, Tag: b.Tag})
}
