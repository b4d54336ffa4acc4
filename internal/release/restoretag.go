package release

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/releasejournal"
)

// restoreTimeout limits the time that restoring tags takes after a failure.
const restoreTimeout = 10 * time.Second

// restoreTag undoes this run's tags on images if another run won: it released the same inputs under the same tag, in
// the same second, with other bytes. Another run can write a tag between this run's last look at it and this run's
// own write, so the loser has to put back what the winner's record says. The winner is the run whose record has the
// tag.
func (r *run) restoreTag(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreTimeout)
	defer cancel()
	errs := make([]error, len(r.store.Settings.Registries))
	_ = parallel(len(errs), func(i int) error {
		if reg := r.store.Settings.Registries[i]; r.progress.states[reg].moved {
			errs[i] = r.restoreTagAt(ctx, reg)
		}
		return nil
	})
	return errors.Join(errs...)
}

func (r *run) restoreTagAt(ctx context.Context, reg address.Registry) error {
	records, err := r.store.repo(reg, r.store.Settings.artifact())
	if err != nil {
		return err
	}
	p, err := point(ctx, records, r.contents.record.Tag)
	if err != nil || !p.found || p.manifest.Digest == r.contents.artifact.Digest() {
		return err
	}
	winner, err := openRecord(ctx, records, r.contents.record.Tag, p.manifest)
	if err != nil {
		return err
	}
	errs := make([]error, len(r.contents.deliveries))
	_ = parallel(len(errs), func(i int) error {
		d := r.contents.deliveries[i]
		for _, image := range winner.Record.Images {
			if image.Name == d.Image && image.Digest != d.Content.Root().Digest.String() {
				errs[i] = r.restoreImageTag(ctx, reg, d.Content.Root().Digest.String(), image)
			}
		}
		return nil
	})
	r.progress.mu.Lock()
	r.progress.restored[reg] = errors.Join(errs...) == nil
	r.progress.mu.Unlock()
	return errors.Join(errs...)
}

// restoreImageTag points the tag of one image to the winner's digest, if it points to this run's.
func (r *run) restoreImageTag(ctx context.Context, reg address.Registry, own string, winner record.Image) error {
	repo, err := r.store.repo(reg, winner.Name)
	if err != nil {
		return err
	}
	got, _, err := repo.Head(ctx, r.contents.record.Tag)
	if err != nil || got != own {
		return err
	}
	m, found, err := repo.Get(ctx, winner.Digest)
	if err == nil && !found {
		err = fault.New(fault.Registry, "%s does not have %s", repo, winner.Digest)
	}
	if err == nil {
		err = repo.Put(ctx, r.contents.record.Tag, m)
	}
	if err == nil {
		err = repo.ReadBack(ctx, r.contents.record.Tag, m, own)
	}
	if err != nil {
		return fmt.Errorf("giving the tag %q back to the run that released it: %w", r.contents.record.Tag, err)
	}
	return r.journal.Add(releasejournal.Entry{Step: releasejournal.Moved, Tag: r.contents.record.Tag,
		Registry: reg.String(), Image: winner.Name, Name: r.contents.record.Tag, Digest: winner.Digest, Old: own})
}
