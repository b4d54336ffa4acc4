package release

import (
	"context"
	"errors"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
)

// Writing a tag takes one round trip, and reading it back another. Reading back is combined with reading what is
// needed before the next tags are written, so a release alternates rounds of writes and of looks.

// place is a tag of an image.
type place struct{ image, tag string }

// seen has the digests that a registry's tags pointed to when they were read; "" for a tag that did not exist.
type seen struct {
	at   time.Time
	tags map[place]string
}

// fresh is how long a look remains valid.
const fresh = 500 * time.Millisecond

// later schedules something to be read back in the next look.
func (r *run) later(reg address.Registry, check func(context.Context) error) {
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	r.progress.unread[reg] = append(r.progress.unread[reg], check)
}

// look reads back what was written at a registry since the last look, reads further tags, and calls also, all at
// once.
func (r *run) look(ctx context.Context, reg address.Registry, at []place, also ...func(context.Context) error) error {
	r.progress.mu.Lock()
	do := append(r.progress.unread[reg], also...)
	delete(r.progress.unread, reg)
	r.progress.mu.Unlock()
	now := seen{time.Now(), map[place]string{}}
	digests := make([]string, len(at))
	for i, p := range at {
		do = append(do, func(ctx context.Context) error {
			repo, err := r.store.repo(reg, p.image)
			if err == nil {
				digests[i], _, err = repo.Head(ctx, p.tag)
			}
			return err
		})
	}
	errs := make([]error, len(do))
	_ = parallel(len(do), func(i int) error {
		errs[i] = do[i](ctx)
		return nil
	})
	for i, p := range at {
		now.tags[p] = digests[i]
	}
	r.progress.mu.Lock()
	r.progress.seen[reg] = now
	r.progress.mu.Unlock()
	return worst(errs)
}

// saw returns what tags pointed to at the last look. ok is false if that is too long ago, because another registry
// was slow.
func (r *run) saw(reg address.Registry, at []place) (tags map[place]string, ok bool) {
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	now := r.progress.seen[reg]
	for _, p := range at {
		if _, known := now.tags[p]; !known {
			return nil, false
		}
	}
	return now.tags, time.Since(now.at) < fresh
}

// places returns the tags of several images.
func places(tags []pair) (out []place) {
	for _, p := range tags {
		for _, t := range p.images {
			out = append(out, place{t.image, p.tag})
		}
	}
	return out
}

// put writes moving tags that differ, all at once, and reports whether there were any. They are read back in the next
// look.
func (r *run) put(ctx context.Context, reg address.Registry, tags []pair) (moved bool, err error) {
	olds, _ := r.saw(reg, nil)
	var all []tagging
	for _, p := range tags {
		for _, t := range p.images {
			all = append(all, tagging{t, p.tag, olds[place{t.image, p.tag}]})
		}
	}
	wrote := make([]bool, len(all))
	errs := make([]error, len(all))
	_ = parallel(len(all), func(i int) error {
		wrote[i], errs[i] = r.write(ctx, reg, all[i])
		return nil
	})
	for _, w := range wrote {
		moved = moved || w
	}
	return moved, worst(errs)
}

// fix writes the release's tag, which never moves, on images that lack it, all at once. They are read back in the
// next look.
func (r *run) fix(ctx context.Context, reg address.Registry, images []tagValue) error {
	olds, _ := r.saw(reg, nil)
	tag := r.contents.record.Tag
	errs := make([]error, len(images))
	_ = parallel(len(images), func(i int) error {
		errs[i] = r.fixOne(ctx, reg, tagging{images[i], tag, olds[place{images[i].image, tag}]})
		return nil
	})
	return worst(errs)
}

func (r *run) fixOne(ctx context.Context, reg address.Registry, t tagging) error {
	repo, err := r.store.repo(reg, t.image)
	if err != nil {
		return err
	}
	if want := t.manifest.Digest.String(); t.old != "" && t.old != want {
		return r.writtenByOther(&registry.Taken{Repository: repo.String(), Tag: t.tag, Want: want, Got: t.old})
	} else if t.old == want {
		return r.noteTag(reg, t, false, nil)
	}
	if err := repo.Put(ctx, t.tag, t.manifest); err != nil {
		var unsure *registry.Unsure
		return r.noteTag(reg, t, errors.As(err, &unsure), err)
	}
	r.inPlace(reg, t.tag)
	r.later(reg, func(ctx context.Context) error {
		return r.noteTag(reg, t, true, r.writtenByOther(repo.ReadBack(ctx, t.tag, t.manifest, "")))
	})
	return nil
}

// writtenByOther converts the error about a release's tag that points to something else: another run uses it.
func (r *run) writtenByOther(err error) error {
	if taken := (*registry.Taken)(nil); errors.As(err, &taken) && taken.Got != "" {
		return fault.New(fault.Retry, "somebody else wrote the tag of %s at the same time: %w", r.contents.record.Tag, taken).
			WithHint("a release's tag is never moved; run the same command again: it publishes under another tag")
	}
	return err
}
