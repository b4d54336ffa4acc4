package release

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/stamp"
)

// A registry cannot decide which of two releases goes first, and its list of tags may lag. So a newer release is
// looked up in the list and through the tags current and pending, and counts if its own tags can be read.

// newer is what a registry has that is newer than this run's release.
type newer struct {
	released stamp.Tag // the newest release, if it is newer; else zero
	begun    stamp.Tag // a newer release that is not published yet, but whose images are tagged; else zero
	pending  pointer
}

// checkNewest fails if a newer release is published at a registry, or is tagging its images there: the newer one goes
// first. It also fails if another run publishes different bytes under this run's tag (the same inputs, started in the
// same second).
func (r *run) checkNewest(ctx context.Context, reg address.Registry) error {
	n, err := r.newer(ctx, reg)
	if err != nil {
		return err
	}
	own, first := r.contents.record, n.released
	if n.begun.String() > first.String() {
		first = n.begun
	}
	if first != (stamp.Tag{}) {
		return fault.New(fault.Retry, "release %s was overtaken by %s at %s: another run is releasing", own.Tag, first, reg).
			WithHint("run the same command again: it ends as unchanged then, or publishes the next release")
	}
	if p := n.pending; p.found && p.tag.String() == own.Tag && p.manifest.Digest != r.contents.artifact.Digest() {
		return fault.New(fault.Retry, "another run is releasing %s, the same inputs with other bytes", own.Tag).
			WithHint("run the same command again: it finishes that release, or publishes another")
	}
	return nil
}

// newer looks for releases that are newer than this run's.
func (r *run) newer(ctx context.Context, reg address.Registry) (n newer, err error) {
	repo, err := r.store.repo(reg, r.store.Settings.artifact())
	if err != nil {
		return n, err
	}
	var names []string
	var current pointer
	errs := make([]error, 3)
	_ = parallel(len(errs), func(i int) error {
		switch i {
		case 0:
			names, errs[i] = repo.TagsAfter(ctx, r.contents.record.Tag)
		case 1:
			current, errs[i] = point(ctx, repo, currentTag)
		case 2:
			n.pending, errs[i] = point(ctx, repo, pendingTag)
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		return n, err
	}
	tags := stamp.Tags(names)
	if current.found {
		tags = sorted(append(tags, current.tag))
	}
	own := r.contents.record
	for i := len(tags) - 1; i >= 0 && tags[i].String() > own.Tag; i-- {
		there, err := r.tagged(ctx, reg, tags[i].String(), append(own.ImageNames(), r.store.Settings.artifact())...)
		if err != nil {
			return n, err
		}
		if there {
			n.released = tags[i]
			break
		}
	}
	if n.pending.found && n.pending.tag.String() > own.Tag {
		there, err := r.tagged(ctx, reg, n.pending.tag.String(), own.ImageNames()...)
		if err != nil {
			return n, err
		}
		if there {
			n.begun = n.pending.tag
		}
	}
	return n, nil
}

// tagged reports whether every image has the tag at a registry.
func (r *run) tagged(ctx context.Context, reg address.Registry, tag string, images ...string) (bool, error) {
	there := make([]bool, len(images))
	err := parallel(len(images), func(i int) error {
		repo, err := r.store.repo(reg, images[i])
		if err == nil {
			_, there[i], err = repo.Head(ctx, tag)
		}
		return err
	})
	for _, t := range there {
		if !t {
			return false, err
		}
	}
	return true, err
}
