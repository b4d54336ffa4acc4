package release

import (
	"context"
	"fmt"

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
	phases := []func(context.Context, registry.Registry) error{
		r.fixImages,
		func(ctx context.Context, reg registry.Registry) error { return r.tagRecord(ctx, reg, newest) },
	}
	if newest {
		phases = []func(context.Context, registry.Registry) error{
			r.overtaken,
			r.begin,
			r.fixImages,
			r.moveImages,
			func(ctx context.Context, reg registry.Registry) error { return r.tagRecord(ctx, reg, newest) },
		}
	}
	for _, phase := range phases {
		r.each(func(reg registry.Registry) error { return phase(ctx, reg) })
		if err := r.stop(ctx); err != nil {
			return err
		}
	}
	return nil
}

// begin moves pending: whoever takes over finds the record there.
func (r *run) begin(ctx context.Context, reg registry.Registry) error {
	_, err := r.move(ctx, reg, []pair{{pendingTag, []target{{r.set.artifact(), r.artifact.Root()}}}})
	return err
}

// targets are the images with what their tags are to stand for.
func (r *run) targets() []target {
	var out []target
	for _, d := range r.deliveries {
		out = append(out, target{d.Image, d.Content.Root()})
	}
	return out
}

// fixImages writes the release's tag on the images.
func (r *run) fixImages(ctx context.Context, reg registry.Registry) error {
	images := r.targets()
	errs := make([]error, len(images))
	_ = parallel(len(images), func(i int) error {
		errs[i] = r.fix(ctx, reg, images[i])
		return nil
	})
	return worst(errs)
}

// moveImages writes the moving tags, unless a newer release came in between.
func (r *run) moveImages(ctx context.Context, reg registry.Registry) error {
	if err := r.overtaken(ctx, reg); err != nil {
		return err
	}
	_, err := r.move(ctx, reg, r.moving(r.targets()))
	return err
}

// moving are the moving tags on images.
func (r *run) moving(images []target) []pair {
	var out []pair
	for _, t := range r.set.Moving {
		out = append(out, pair{t, images})
	}
	return out
}

// tagRecord makes it a release, and sees that nobody else's tags were mixed with ours.
func (r *run) tagRecord(ctx context.Context, reg registry.Registry, newest bool) error {
	if err := r.fixImages(ctx, reg); err != nil { // nobody wrote over them in the meantime
		return err
	}
	if err := r.fix(ctx, reg, target{r.set.artifact(), r.artifact.Root()}); err != nil {
		return err
	}
	if newest {
		if err := r.settle(ctx, reg); err != nil {
			return err
		}
	}
	r.done(reg)
	return nil
}

func (r *run) done(reg registry.Registry) {
	r.mu.Lock()
	r.states[reg].State = Done
	r.mu.Unlock()
}

// mostSettling is how often two that release at once may undo each other's moving tags before it is given up.
const mostSettling = 8

// settle moves current, and reads the moving tags back. Nothing in a registry keeps two from writing at once, so whoever
// writes sees to it afterwards that all moving tags stand for the newest release there: this one, or a newer one that
// can be read. The last to write leaves no mixture. A list that lacks this run's own release is not believed.
func (r *run) settle(ctx context.Context, reg registry.Registry) error {
	for range mostSettling {
		other, err := r.newer(ctx, reg)
		if err != nil {
			return err
		}
		newest := other.released
		on := r.targets()
		record := target{r.set.artifact(), r.artifact.Root()}
		if newest != (stamp.Tag{}) {
			if on, record, err = r.tagsOf(ctx, reg, newest.String()); err != nil {
				return err
			}
		}
		moved, err := r.move(ctx, reg, append(r.moving(on), pair{currentTag, []target{record}}))
		if err != nil {
			return err
		}
		if moved {
			continue
		}
		if newest != (stamp.Tag{}) {
			r.warn("%s: %s, which another run released at the same time, is newer: the moving tags stand for it", reg, newest)
		}
		return nil
	}
	return fault.New(fault.Retry, "another process keeps moving the tags of %s; is a second release running?", reg).
		WithHint("run the same command again when the other has ended")
}

// tagsOf reads what another release's tag stands for, on the images and on the record.
func (r *run) tagsOf(ctx context.Context, reg registry.Registry, tag string) (images []target, record target, err error) {
	names := append(r.record.names(), r.set.artifact())
	all := make([]target, len(names))
	err = parallel(len(names), func(i int) error {
		repo, err := r.store().repo(reg, names[i])
		if err != nil {
			return err
		}
		m, found, err := repo.Get(ctx, tag)
		if err == nil && !found {
			err = fault.New(fault.Registry, "%s lost tag %q", repo, tag)
		}
		all[i] = target{names[i], m}
		return err
	})
	last := len(all) - 1
	return all[:last], all[last], err
}

func (r *run) warn(format string, values ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.warnings = append(r.warnings, fmt.Sprintf(format, values...))
}
