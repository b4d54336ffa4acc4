package release

import (
	"context"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// Resume finishes the release that was begun last: the newest one whose tags were about to move, or else the newest
// release that some registry lacks in part or of which it has lost a blob. The registries have everything that is
// needed; nothing is built. With dry it only says what it would do.
func (s Store) Resume(ctx context.Context, hooks Hooks, dry bool) (*Result, error) {
	k, err := s.readAll(ctx)
	if err != nil {
		return &Result{State: Failed}, err
	}
	if err := k.unreachable(s.Settings); err != nil {
		return &Result{State: Failed}, err
	}
	p, err := s.undone(ctx, k)
	if err != nil {
		return &Result{State: Failed}, err
	}
	switch {
	case p == nil:
		return (&Plan{State: Unchanged, Known: k}).idle(s.Settings), nil
	case dry:
		return s.Dry(p, nil), nil
	case p.Record.Kind == record.KindRollback && (k.hold.On && k.hold.Rollback == p.Tag.String() || !k.hold.On &&
		!k.released(p.Tag)):
		return s.publishRollback(ctx, p, hooks, p.Record.Reason)
	}
	return s.Publish(ctx, p, nil, hooks)
}

// undone returns the plan to finish a release; nil if nothing is left to do.
func (s Store) undone(ctx context.Context, k *Known) (*Plan, error) {
	begun, err := s.begun(ctx, k)
	if err != nil {
		return nil, err
	}
	if n := len(begun); n > 0 {
		got := begun[n-1]
		if t := got.Record.ParsedTag(); k.isNewest(t) && !k.released(t) {
			return s.finishing(ctx, k, got)
		}
	}
	if len(k.unreadable) > 0 {
		return nil, k.unreadable[0]
	}
	if k.newest == nil {
		return nil, k.neverPublished(s.Settings)
	}
	whole, err := s.whole(ctx, k, k.newest)
	if err != nil {
		return nil, err
	}
	if !whole || s.Settings.ReadAll || k.hold.On && k.hold.Rollback == k.Newest.Tag {
		return s.finishing(ctx, k, k.newest)
	}
	err = s.intact(ctx, k, k.newest)
	if len(registry.Flaws(err)) > 0 {
		return s.finishing(ctx, k, k.newest)
	}
	if err != nil {
		return nil, err
	}
	return nil, k.neverPublished(s.Settings)
}

// finishing returns the plan to finish a release under its own tag, or under a new one if that tag can no longer be
// used.
func (s Store) finishing(ctx context.Context, k *Known, got *storedRecord) (*Plan, error) {
	ok, err := s.mayFinish(ctx, k, got)
	if err != nil {
		return nil, err
	}
	if ok {
		return &Plan{State: Done, Tag: got.Record.ParsedTag(), Record: got.Record, Known: k, stored: got}, nil
	}
	if whole, err := s.available(ctx, k, got.Record); err != nil || !whole {
		return nil, s.cannotFinish(k, got, err)
	}
	return s.successor(ctx, k, got)
}

// cannotFinish returns the error for a release that cannot be finished because a blob of it is lost at every registry.
func (s Store) cannotFinish(k *Known, got *storedRecord, err error) error {
	if err != nil {
		return err
	}
	f := fault.New(fault.Registry, "release %s cannot be finished: no registry has all of its images any "+
		"more", got.Record.Tag)
	if k.released(got.Record.ParsedTag()) {
		return f.WithHint("the next release sends what it needs again; until then %s goes back to a complete release",
			rollbackTo("TAG"))
	}
	return f.WithHint("%s with the same inputs builds the images again and sends what is missing, under a new tag",
		target.Release.Command())
}

// released reports whether a release exists: NAME-release has its tag.
func (k *Known) released(t stamp.Tag) bool {
	for _, u := range k.tags {
		if u.String() == t.String() {
			return true
		}
	}
	return false
}

// neverPublished returns the error if a release was begun on this machine and no registry knows it: no tag has moved,
// so nothing has to be finished.
func (k *Known) neverPublished(s Settings) error {
	b := s.unfinished()
	if b == nil {
		return nil
	}
	if t, err := stamp.ParseTag(b.Tag); err != nil || !k.isNewest(t) || k.released(t) {
		return nil
	}
	return fault.New(fault.Usage, "release %s was stopped before any tag moved: nothing of it is published", b.Tag).
		WithHint("%s begins it again and uploads only what is missing", target.Release.Command())
}
