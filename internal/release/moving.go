package release

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/releasejournal"
)

// pair is a tag that moves on several images at once, so that web and streaming differ only for the duration of a
// request.
type pair struct {
	tag    string
	images []tagValue
}

// tagValue is the digest that a tag of an image should point to.
type tagValue struct {
	image    string
	manifest content.Manifest
}

// move writes moving tags at a registry, and reports whether any had to be written. It first asks for the tags of all
// images, then writes those that differ at the same time, and reads each back.
func (r *run) move(ctx context.Context, reg address.Registry, tags []pair) (moved bool, err error) {
	if err := r.look(ctx, reg, places(tags)); err != nil {
		return false, err
	}
	moved, err = r.put(ctx, reg, tags)
	return moved, worst([]error{err, r.look(ctx, reg, nil)})
}

// tagging is a tag to write, and what it pointed to before.
type tagging struct {
	tagValue
	tag, old string
}

// write writes one moving tag unless it already points to the right digest; it is read back and recorded later. If
// the tag points again to what this run replaced, another run may have written it, or the registry lags: it is then
// written once more, and after that accepted if it reads back.
func (r *run) write(ctx context.Context, reg address.Registry, t tagging) (wrote bool, err error) {
	key := reg.String() + " " + t.image + ":" + t.tag
	want := t.manifest.Digest.String()
	r.progress.mu.Lock()
	last := r.progress.written[key]
	r.progress.mu.Unlock()
	replaced := last.now == want && t.old == last.was
	if t.old == want || replaced && last.again {
		r.inPlace(reg, t.tag)
		return false, nil
	}
	repo, err := r.store.repo(reg, t.image)
	if err != nil {
		return false, err
	}
	if err := repo.Put(ctx, t.tag, t.manifest); err != nil {
		var unsure *registry.Unsure
		wrote = errors.As(err, &unsure)
		return wrote, r.noteTag(reg, t, wrote, err)
	}
	r.inPlace(reg, t.tag)
	r.later(reg, func(ctx context.Context) error {
		err := repo.ReadBack(ctx, t.tag, t.manifest, t.old)
		taken := (*registry.Taken)(nil)
		switch {
		case !errors.As(err, &taken) || taken.Got == "":
		case taken.Got != t.old:
			err = nil // another run moved it right after this one; settle handles that
		case t.tag != pendingTag && r.doubt(key):
			return r.noteTag(reg, t, true, nil) // settle checks it again and rewrites it
		}
		if err == nil {
			r.progress.mu.Lock()
			r.progress.written[key] = moveOf{was: t.old, now: want, again: replaced}
			r.progress.mu.Unlock()
		}
		return r.noteTag(reg, t, true, err)
	})
	return true, nil
}

// doubt reports, once for each tag, that another run may have restored what this run replaced. If that happens again,
// the registry does not accept writes.
func (r *run) doubt(key string) bool {
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	first := r.settles && !r.progress.doubted[key]
	r.progress.doubted[key] = true
	return first
}

// moveOf is how this run moved a tag, as digests. Again means that it did so twice, because the old digest was there
// again.
type moveOf struct {
	was, now string
	again    bool
}

// inPlace records that a tag points, or may point, to the right digest. If people see that tag, the release is partly
// published.
func (r *run) inPlace(reg address.Registry, tag string) {
	if tag == pendingTag || claimed(tag) != "" {
		return
	}
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	r.progress.moved, r.progress.states[reg].moved = true, true
	r.progress.follows = r.progress.follows || tag != r.contents.record.Tag
}

// noteTag writes a tag that was written to the journal.
func (r *run) noteTag(reg address.Registry, t tagging, wrote bool, failed error) error {
	if wrote || failed == nil {
		r.inPlace(reg, t.tag)
	}
	if failed != nil || !wrote {
		return failed
	}
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	return r.journal.Add(releasejournal.Entry{Step: releasejournal.Moved, Tag: r.contents.record.Tag,
		Registry: reg.String(), Image: t.image, Name: t.tag, Digest: t.manifest.Digest.String(), Old: t.old})
}
