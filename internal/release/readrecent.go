package release

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// Read asks every registry what it holds. The errors of registries that do not answer are in Errors; Read only fails
// if no registry can be read. Of a registry with a release it reads what current points to, and the tags from that
// release on: releases' tags sort by time, so this shows whether there is anything newer. Prepare reads the older
// tags when it needs them.
func (s Store) Read(ctx context.Context) (*Known, error) { return s.read(ctx, s.readRecent) }

// readRecent reads what current points to, the tags from that release on, and the hold. If the answer does not show
// that the registry sorts its tags and starts where it is asked to, it reads everything.
func (s Store) readRecent(ctx context.Context, r address.Registry) *inventory {
	sh := &inventory{registry: r, near: true}
	if sh.repo, sh.err = s.repo(r, s.Settings.artifact()); sh.err != nil {
		return sh
	}
	var err error
	if sh.current, err = point(ctx, sh.repo, currentTag); err != nil || !sh.current.found {
		return s.readInventory(ctx, r)
	}
	tag := sh.current.tag.String()
	do := []func(){func() { sh.tags, err = sh.repo.TagsAfter(ctx, tag[:len(tag)-1]) }}
	if r == s.Settings.Registries[0] { // usually its record is the newest
		do = append(do, func() { sh.stored, _ = openRecord(ctx, sh.repo, tag, sh.current.manifest) })
	}
	_ = parallel(len(do), func(i int) error {
		do[i]()
		return nil
	})
	if err != nil || !sh.has(tag) || !sh.has(currentTag) {
		return s.readInventory(ctx, r)
	}
	if sh.has(holdTag) {
		sh.hold, _, sh.err = readHold(ctx, sh.repo, true)
	}
	sh.releases = stamp.Tags(sh.tags)
	return sh
}

// older is what readRecent left out at a registry.
type older struct {
	tags []string
	hold holdState
	err  error
}

// readOlder reads the tags that readRecent left out, and holds, which a list may not show yet.
func (s Store) readOlder(ctx context.Context, k *Known) []older {
	all := make([]older, len(k.inventories))
	_ = parallel(len(all), func(i int) error {
		sh, o := k.inventories[i], &all[i]
		o.hold = sh.hold
		if !sh.near || sh.err != nil {
			return nil
		}
		var holdErr error
		holdFound := true
		_ = parallel(2, func(n int) error {
			if n == 0 {
				o.tags, o.err = sh.repo.Tags(ctx)
			} else if !sh.has(holdTag) {
				o.hold, holdFound, holdErr = readHold(ctx, sh.repo, false)
			}
			return nil
		})
		if o.err = cmp.Or(o.err, holdErr); o.err == nil && !holdFound && slices.Contains(o.tags, holdTag) {
			o.hold, _, o.err = readHold(ctx, sh.repo, true)
		}
		return nil
	})
	return all
}

// completed returns what k and the older tags say together.
func (k *Known) completed(s Settings, all []older) (*Known, error) {
	whole := *k
	whole.Errors, whole.inventories, whole.tags = maps.Clone(k.Errors), make([]*inventory, len(all)), slices.Clone(k.tags)
	for i, sh := range k.inventories {
		now := sh.with(all[i])
		whole.inventories[i] = now
		if all[i].err != nil {
			whole.Errors[now.registry.String()] = now.err
			continue
		}
		whole.tags = append(whole.tags, now.releases...)
		if now.hold.after(whole.hold) {
			whole.hold = now.hold
		}
	}
	whole.tags = sorted(whole.tags)
	whole.highest = highest(whole.tags)
	return &whole, whole.unreachable(s)
}

// with returns the inventory with the older tags. Earlier tags stay: a list may lag.
func (sh *inventory) with(o older) *inventory {
	now := *sh
	if now.err = cmp.Or(o.err, sh.err); o.err != nil {
		return &now
	}
	now.hold = o.hold
	if sh.near {
		now.tags = slices.Concat(sh.tags, o.tags)
		slices.Sort(now.tags)
		now.tags = slices.Compact(now.tags)
		now.releases, now.near = stamp.Tags(now.tags), false
	}
	return &now
}

// unchanged turns the plan into one that does nothing, if the newest release has the same content and every registry
// that answers has it: its record's tag, which is written last, and all moving tags.
func (p *Plan) unchanged(ctx context.Context, s Store) error {
	k := p.Known
	if k.newest == nil || len(k.unreadable) > 0 || !k.newest.Record.ParsedTag().Same(p.Tag) {
		return nil
	}
	sound, err := p.sound(ctx, s, k.newest)
	if err != nil || !sound {
		return err
	}
	return p.idleAs(s.Settings, k.newest)
}

// sound reports whether every registry that answers has a release with all its tags. If a person waits for the run,
// it also checks each blob of the newest release, and the plan's Known says whether some are lost; a scheduled run only
// asks for a few tags.
func (p *Plan) sound(ctx context.Context, s Store, of *storedRecord) (bool, error) {
	whole, err := s.whole(ctx, p.Known, of)
	if err != nil || !whole || !s.Settings.Attended || !p.Known.isNewest(of.Record.ParsedTag()) {
		return whole, err
	}
	err = s.intact(ctx, p.Known, of)
	if len(registry.Flaws(err)) == 0 {
		return err == nil, err
	}
	there, err := s.available(ctx, p.Known, of.Record)
	if err == nil && !there {
		now := *p.Known
		now.lost = true
		p.Known = &now
	}
	return false, err
}
