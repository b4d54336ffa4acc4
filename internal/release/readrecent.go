package release

import (
	"cmp"
	"context"
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

// complete adds what readRecent left out.
func (k *Known) complete(s Settings, all []older) error {
	for i, sh := range k.inventories {
		if err := all[i].err; err != nil {
			sh.err = err
			k.Errors[sh.registry.String()] = err
			continue
		}
		if sh.hold = all[i].hold; sh.near {
			sh.add(all[i].tags)
		}
		k.tags = append(k.tags, sh.releases...)
		if sh.hold.after(k.hold) {
			k.hold = sh.hold
		}
	}
	k.sort()
	return k.unreachable(s)
}

// add adds tags to a inventory. Earlier ones stay: a list may lag.
func (sh *inventory) add(tags []string) {
	sh.tags = append(sh.tags, tags...)
	slices.Sort(sh.tags)
	sh.tags = slices.Compact(sh.tags)
	sh.releases, sh.near = stamp.Tags(sh.tags), false
}

// unchanged turns the plan into one that does nothing, if the newest release has the same content and every registry
// that answers has it: its record's tag, which is written last, and all moving tags.
func (p *Plan) unchanged(ctx context.Context, s Store) error {
	k := p.Known
	if k.newest == nil || len(k.unreadable) > 0 || !k.newest.Record.ParsedTag().Same(p.Tag) {
		return nil
	}
	sound, err := s.sound(ctx, k, k.newest)
	if err != nil || !sound {
		return err
	}
	return p.idleAs(s.Settings, k.newest)
}

// sound reports whether every registry that answers has a release with all its tags. If a person waits for the run,
// it also checks each blob of the newest release; a scheduled run only asks for a few tags.
func (s Store) sound(ctx context.Context, k *Known, of *storedRecord) (bool, error) {
	whole, err := s.whole(ctx, k, of)
	if err != nil || !whole || !s.Settings.Attended || !k.isNewest(of.Record.ParsedTag()) {
		return whole, err
	}
	err = s.intact(ctx, k, of)
	if len(registry.Flaws(err)) == 0 {
		return err == nil, err
	}
	there, err := s.available(ctx, k, of.Record)
	k.lost = err == nil && !there
	return false, err
}
