package release

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// tag is the second phase. The immutable tags come first, at every registry; only when every registry that is required
// has them, the moving ones; the record's own tag comes last and makes it a release.
func (r *run) tag(ctx context.Context) error {
	r.hooks.stage("tagging")
	data, err := r.record.Bytes()
	if err != nil {
		return err
	}
	if err := r.journal.Add(Entry{Step: stepTagging, Tag: r.record.Tag, Digest: r.artifact.Digest().String(), Record: data}); err != nil {
		return err
	}
	newest := r.known.isNewest(r.record.Parsed())
	for _, phase := range []func(context.Context, registry.Registry) error{
		func(ctx context.Context, reg registry.Registry) error { // whoever takes over finds the record here
			if !newest {
				return nil
			}
			_, err := r.write(ctx, reg, r.set.artifact(), pendingTag, r.artifact.Root(), true)
			return err
		},
		r.fixImages,
		func(ctx context.Context, reg registry.Registry) error {
			if !newest {
				return nil
			}
			if err := r.overtaken(ctx, reg); err != nil {
				return err
			}
			return r.moveImages(ctx, reg)
		},
		func(ctx context.Context, reg registry.Registry) error { return r.tagRecord(ctx, reg, newest) },
	} {
		r.each(func(reg registry.Registry) error { return phase(ctx, reg) })
		if err := r.stop(ctx); err != nil {
			return err
		}
	}
	return nil
}

// fixImages writes the release's tag on the images.
func (r *run) fixImages(ctx context.Context, reg registry.Registry) error {
	for _, d := range r.deliveries {
		if _, err := r.write(ctx, reg, d.Image, r.record.Tag, d.Content.Root(), false); err != nil {
			return err
		}
	}
	return nil
}

// moveImages writes the moving tags.
func (r *run) moveImages(ctx context.Context, reg registry.Registry) error {
	for _, d := range r.deliveries {
		for _, t := range r.set.Moving {
			if _, err := r.write(ctx, reg, d.Image, t, d.Content.Root(), true); err != nil {
				return err
			}
		}
	}
	return nil
}

// tagRecord makes it a release, and sees that nobody else's tags were mixed with ours.
func (r *run) tagRecord(ctx context.Context, reg registry.Registry, newest bool) error {
	if err := r.fixImages(ctx, reg); err != nil { // nobody wrote over them in the meantime
		return err
	}
	if _, err := r.write(ctx, reg, r.set.artifact(), r.record.Tag, r.artifact.Root(), false); err != nil {
		return err
	}
	if !newest {
		r.done(reg)
		return nil
	}
	if _, err := r.write(ctx, reg, r.set.artifact(), currentTag, r.artifact.Root(), true); err != nil {
		return err
	}
	if err := r.settle(ctx, reg); err != nil {
		return err
	}
	r.done(reg)
	return nil
}

func (r *run) done(reg registry.Registry) {
	r.mu.Lock()
	r.states[reg].State = Done
	r.mu.Unlock()
}

// write writes one tag and notes it. Once a tag that people see has moved, the release is published in part.
func (r *run) write(ctx context.Context, reg registry.Registry, image, tag string, m registry.Manifest, moving bool) (bool, error) {
	repo, err := r.client.Repo(reg, image)
	if err != nil {
		return false, err
	}
	var wrote bool
	if moving {
		wrote, err = repo.Move(ctx, tag, m)
		if taken := (*registry.Taken)(nil); errors.As(err, &taken) {
			wrote, err = true, nil // another run moved it right after us; settle sees to it
		}
	} else {
		wrote, err = repo.Fix(ctx, tag, m)
	}
	if err != nil {
		return wrote, err
	}
	if tag != pendingTag {
		r.mu.Lock()
		r.moved, r.states[reg].moved = true, true
		r.mu.Unlock()
	}
	if wrote {
		r.mu.Lock()
		defer r.mu.Unlock()
		return wrote, r.journal.Add(Entry{Step: stepMoved, Tag: r.record.Tag, Registry: reg.String(), Image: image, Name: tag, Digest: m.Digest.String()})
	}
	return wrote, nil
}

// overtaken looks, right before the moving tags move, for a newer release of somebody else's.
func (r *run) overtaken(ctx context.Context, reg registry.Registry) error {
	newer, err := r.newest(ctx, reg)
	if err != nil {
		return err
	}
	if newer.String() > r.record.Tag {
		return fault.New(fault.Retry, "release %s was overtaken by %s at %s: another run is releasing", r.record.Tag, newer, reg).WithHint("run again: it is unchanged then, or the next release")
	}
	return nil
}

// newest is the newest tag that all images of a registry have: it comes before any moving tag.
func (r *run) newest(ctx context.Context, reg registry.Registry) (stamp.Tag, error) {
	var common []stamp.Tag
	for i, image := range r.record.names() {
		repo, err := r.client.Repo(reg, image)
		if err != nil {
			return stamp.Tag{}, err
		}
		names, err := repo.Tags(ctx)
		if err != nil {
			return stamp.Tag{}, err
		}
		tags := stamp.Tags(names)
		if i > 0 {
			tags = slices.DeleteFunc(tags, func(t stamp.Tag) bool { return !slices.Contains(common, t) })
		}
		common = tags
	}
	if len(common) == 0 {
		return stamp.Tag{}, nil
	}
	return common[len(common)-1], nil
}

// mostSettling is how often two that release at once may undo each other's moving tags before it is given up.
const mostSettling = 8

// settle reads the moving tags back. Nothing in a registry keeps two from writing at once, so whoever writes sees to it
// afterwards that all moving tags stand for the newest release there, its own or another's: the last one leaves no mixture.
func (r *run) settle(ctx context.Context, reg registry.Registry) error {
	for range mostSettling {
		newest, err := r.newest(ctx, reg)
		if err != nil {
			return err
		}
		moved, err := r.settleOn(ctx, reg, newest.String())
		if err != nil {
			return err
		}
		if moved {
			continue
		}
		if newest.String() != r.record.Tag {
			r.mu.Lock()
			r.warnings = append(r.warnings, fmt.Sprintf("%s: %s, which another run released at the same time, is newer: the moving tags are its", reg, newest))
			r.mu.Unlock()
		}
		return nil
	}
	return fault.New(fault.Retry, "the moving tags of %s do not stay where they are put: somebody else releases too", reg)
}

// settleOn moves what does not stand for a release's images, and says whether there was anything.
func (r *run) settleOn(ctx context.Context, reg registry.Registry, tag string) (moved bool, err error) {
	for _, image := range r.record.names() {
		repo, err := r.client.Repo(reg, image)
		if err != nil {
			return false, err
		}
		m, found, err := repo.Get(ctx, tag)
		if err != nil {
			return false, err
		}
		if !found {
			return false, fault.New(fault.Registry, "%s lost tag %q", repo, tag)
		}
		for _, t := range r.set.Moving {
			wrote, err := r.write(ctx, reg, image, t, m, true)
			if err != nil {
				return false, err
			}
			moved = moved || wrote
		}
	}
	repo, err := r.client.Repo(reg, r.set.artifact())
	if err != nil {
		return false, err
	}
	m, found, err := repo.Get(ctx, tag)
	if err != nil || !found {
		return moved, err // not a release yet: whoever makes it one moves current
	}
	wrote, err := r.write(ctx, reg, r.set.artifact(), currentTag, m, true)
	return moved || wrote, err
}
