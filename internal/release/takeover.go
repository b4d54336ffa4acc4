package release

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/releasejournal"
	"github.com/howdah/howdah/internal/stamp"
)

// takeOver looks for a release with the same content. If it is complete everywhere, the plan is unchanged; otherwise
// the release is finished under its own tag. If that is impossible, it gets a successor: a release of the same
// content under a new tag.
func (p *Plan) takeOver(ctx context.Context, s Store, a survey) error {
	k := p.Known
	if t, ok := k.find(p.Tag); ok {
		got, err := k.record(ctx, t.String())
		if unreadable(err) {
			return nil
		}
		if err != nil {
			return err
		}
		sound, err := p.sound(ctx, s, got)
		if err != nil {
			return err
		}
		if sound {
			return p.idleAs(s.Settings, got)
		}
		return p.finish(ctx, s, got)
	}
	if a.begunErr != nil {
		return a.begunErr
	}
	for _, got := range slices.Backward(a.begun) {
		if got.Record.ParsedTag().Same(p.Tag) && got.Record.Kind == record.KindRelease && k.isNewest(got.Record.ParsedTag()) {
			if err := p.finish(ctx, s, got); err != nil || p.Record != nil {
				return err
			}
		}
	}
	if b := s.Settings.unfinished(); b != nil { // the time that this machine chose before it was interrupted
		if t, err := stamp.ParseTag(b.Tag); err == nil && t.Same(p.Tag) &&
			(len(k.tags) == 0 || t.Time.After(k.tags[len(k.tags)-1].Time)) {
			p.Tag = t
		}
	}
	return nil
}

// idleAs turns the plan into one that does nothing, because a release has the same content.
func (p *Plan) idleAs(s Settings, got *storedRecord) error {
	p.Tag, p.State, p.Record = got.Record.ParsedTag(), Unchanged, got.Record
	p.Why = "the same inputs were released as " + got.Record.Tag
	return s.writeMissingCopy(p)
}

// finish turns the plan into one that finishes a release that was begun, if that is possible.
func (p *Plan) finish(ctx context.Context, s Store, got *storedRecord) error {
	ok, err := s.mayFinish(ctx, p.Known, got)
	if err == nil && ok {
		p.Tag, p.Record, p.stored = got.Record.ParsedTag(), got.Record, got
	}
	return err
}

// mayFinish reports whether a release that was begun can be finished under its own tag: nobody else has that tag,
// there is no newer release whose images are tagged (this one would wait for it for ever), and its images can be
// read.
func (s Store) mayFinish(ctx context.Context, k *Known, got *storedRecord) (bool, error) {
	if free, err := s.free(ctx, k, got); err != nil || !free {
		return false, err
	}
	if k.isNewest(got.Record.ParsedTag()) {
		if first, err := s.waitsFor(ctx, k, got); err != nil || first {
			return false, err
		}
	}
	return s.available(ctx, k, got.Record)
}

// waitsFor reports whether some registry has a newer unfinished release whose images are tagged.
func (s Store) waitsFor(ctx context.Context, k *Known, got *storedRecord) (bool, error) {
	r := newRun(s, &Plan{Known: k}, Hooks{}, nil).with(contents{record: got.Record, artifact: got.Content})
	for _, sh := range k.inventories {
		if sh.err != nil {
			continue
		}
		if err := r.checkNewest(ctx, sh.registry); fault.CodeOf(err) == fault.Retry {
			return true, nil
		} else if err != nil {
			return false, err
		}
	}
	return false, nil
}

// begun returns the releases whose tags were about to move, oldest first. It skips unreadable records: nobody can
// finish these.
func (s Store) begun(ctx context.Context, k *Known) ([]*storedRecord, error) {
	found := make([]*storedRecord, len(k.inventories))
	err := parallel(len(k.inventories), func(i int) error {
		sh := k.inventories[i]
		if sh.err != nil {
			return nil
		}
		p, err := point(ctx, sh.repo, pendingTag)
		if err != nil || !p.found {
			return s.needed(sh.registry, err)
		}
		if k.newest != nil && p.manifest.Digest.String() == k.digest {
			found[i] = k.newest // it was published in the meantime
			return nil
		}
		found[i], err = openRecord(ctx, sh.repo, pendingTag, p.manifest)
		if passing(err) {
			return s.needed(sh.registry, err)
		}
		return nil
	})
	out := slices.DeleteFunc(found, func(got *storedRecord) bool { return got == nil })
	slices.SortStableFunc(out, func(a, b *storedRecord) int { return strings.Compare(a.Record.Tag, b.Record.Tag) })
	return out, err
}

// unfinished returns what this machine's journal has left undone; nil if there is nothing, or no journal.
func (s Settings) unfinished() *releasejournal.Begun {
	j, err := releasejournal.Open(s.Dist)
	if err != nil {
		return nil
	}
	defer j.Close()
	return j.Unfinished()
}

// successor returns the plan for a release of the same images under a new tag, later than every other tag.
func (s Store) successor(ctx context.Context, k *Known, got *storedRecord) (*Plan, error) {
	last, err := s.lastTime(ctx, k)
	if err != nil {
		return nil, err
	}
	t := got.Record.ParsedTag()
	t.Time = last.Add(time.Second)
	rec := *got.Record
	rec.Tag, rec.Released, rec.Moving = t.String(), t.Time, orEmpty(s.Settings.Moving)
	return &Plan{State: Done, Tag: t, Record: rec.WithTags(append([]string{rec.Tag}, s.Settings.Moving...)), Known: k}, nil
}
