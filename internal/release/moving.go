package release

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
)

// pair is a tag that moves on several images at once, so that web and streaming differ for a round trip only.
type pair struct {
	tag    string
	images []target
}

// target is what a tag of an image is to stand for.
type target struct {
	image    string
	manifest registry.Manifest
}

// move writes moving tags at a registry and says whether any had to be written. For each tag, all images are asked
// first what they have; then the tags that differ are written together, and each is read back.
func (r *run) move(ctx context.Context, reg registry.Registry, tags []pair) (moved bool, err error) {
	wrote := make([]bool, len(tags))
	errs := make([]error, len(tags))
	_ = parallel(len(tags), func(i int) error {
		wrote[i], errs[i] = r.movePair(ctx, reg, tags[i])
		return nil
	})
	for _, w := range wrote {
		moved = moved || w
	}
	return moved, worst(errs)
}

func (r *run) movePair(ctx context.Context, reg registry.Registry, p pair) (moved bool, err error) {
	olds := make([]string, len(p.images))
	if err := parallel(len(p.images), func(i int) error {
		repo, err := r.store().repo(reg, p.images[i].image)
		if err == nil {
			olds[i], _, err = repo.Head(ctx, p.tag)
		}
		return err
	}); err != nil {
		return false, err
	}
	wrote := make([]bool, len(p.images))
	errs := make([]error, len(p.images))
	_ = parallel(len(p.images), func(i int) error {
		wrote[i], errs[i] = r.write(ctx, reg, tagging{p.images[i], p.tag, olds[i]})
		return nil
	})
	for _, w := range wrote {
		moved = moved || w
	}
	return moved, worst(errs)
}

// tagging is one tag that is written, and what it stood for before.
type tagging struct {
	target
	tag, old string
}

// write writes one moving tag unless it stands for what it should, and notes it. A registry that still shows what this
// run replaced lags: what was written and read back counts.
func (r *run) write(ctx context.Context, reg registry.Registry, t tagging) (wrote bool, err error) {
	key := reg.String() + " " + t.image + ":" + t.tag
	want := t.manifest.Digest.String()
	r.mu.Lock()
	last := r.written[key]
	r.mu.Unlock()
	if t.old == want || last.now == want && t.old == last.was {
		r.inPlace(reg, t.tag)
		return false, nil
	}
	repo, err := r.store().repo(reg, t.image)
	if err != nil {
		return false, err
	}
	wrote, err = repo.Write(ctx, t.tag, t.manifest, t.old)
	if taken := (*registry.Taken)(nil); errors.As(err, &taken) && taken.Got != "" && taken.Got != t.old {
		err = nil // another run moved it right after this one; settle sees to it
	}
	if err == nil {
		r.mu.Lock()
		r.written[key] = moveOf{was: t.old, now: want}
		r.mu.Unlock()
	}
	return wrote, r.noteTag(reg, t, wrote, err)
}

// moveOf is how this run moved a tag: digests.
type moveOf struct{ was, now string }

// fix writes one tag that never moves.
func (r *run) fix(ctx context.Context, reg registry.Registry, t target) error {
	repo, err := r.store().repo(reg, t.image)
	if err != nil {
		return err
	}
	wrote, err := repo.Fix(ctx, r.record.Tag, t.manifest)
	if taken := (*registry.Taken)(nil); errors.As(err, &taken) && taken.Got != "" {
		err = fault.New(fault.Retry, "somebody else wrote the tag of %s at the same time: %w", r.record.Tag, taken).
			WithHint("a release's tag is never moved; run the same command again: it publishes under another tag")
	}
	return r.noteTag(reg, tagging{t, r.record.Tag, ""}, wrote, err)
}

// inPlace notes that a tag stands for what it should, or may: now, or since an earlier run. If people see that tag, the
// release is published in part.
func (r *run) inPlace(reg registry.Registry, tag string) {
	if tag == pendingTag {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moved, r.states[reg].moved = true, true
}

// noteTag writes a tag that was written to the journal.
func (r *run) noteTag(reg registry.Registry, t tagging, wrote bool, failed error) error {
	if wrote || failed == nil {
		r.inPlace(reg, t.tag)
	}
	if failed != nil || !wrote {
		return failed
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.journal.Add(Entry{Step: stepMoved, Tag: r.record.Tag, Registry: reg.String(), Image: t.image, Name: t.tag, Digest: t.manifest.Digest.String(), Old: t.old})
}
