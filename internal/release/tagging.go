package release

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/releasejournal"
	"github.com/howdah/howdah/internal/stamp"
)

// tag is the second phase. It first writes the immutable tags, at every registry; when every required registry has
// them, the moving ones; and last the record's own tag, which makes it a release.
func (r *run) tag(ctx context.Context) error {
	r.hooks.stage("tagging")
	data, err := r.contents.record.Bytes()
	if err != nil {
		return err
	}
	if err := r.journal.Add(releasejournal.Entry{Step: releasejournal.Tagging, Tag: r.contents.record.Tag,
		Digest: r.contents.artifact.Digest().String(), Record: data}); err != nil {
		return err
	}
	t := *r
	t.settles = r.known.isNewest(r.contents.record.ParsedTag())
	phases := []func(context.Context, address.Registry) error{t.lookAtImages, t.fixImages, t.tagRecord}
	if t.settles {
		phases = []func(context.Context, address.Registry) error{t.lookAround, t.begin, t.fixImages, t.moveImages,
			t.tagRecord}
	}
	for _, phase := range phases {
		r.each(func(reg address.Registry) error { return phase(ctx, reg) })
		if err := r.stop(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lookAhead reads tags while the end of the upload is read back. What it cannot read is read again later.
func (r *run) lookAhead(ctx context.Context, reg address.Registry) {
	if !r.known.isNewest(r.contents.record.ParsedTag()) {
		return
	}
	if err := r.lookAtPending(ctx, reg); err != nil {
		r.progress.mu.Lock()
		delete(r.progress.seen, reg)
		r.progress.mu.Unlock()
	}
}

// lookAgain discards what lookAhead read, because a slow step comes in between.
func (r *run) lookAgain() {
	r.progress.mu.Lock()
	clear(r.progress.seen)
	r.progress.mu.Unlock()
}

// lookAround looks for a newer release and at pending, unless that was just done.
func (r *run) lookAround(ctx context.Context, reg address.Registry) error {
	if _, ok := r.saw(reg, places(r.pending())); ok {
		return nil
	}
	return r.lookAtPending(ctx, reg)
}

func (r *run) lookAtPending(ctx context.Context, reg address.Registry) error {
	return r.look(ctx, reg, places(r.pending()), func(ctx context.Context) error { return r.checkNewest(ctx, reg) })
}

// begin moves pending, so that a run that takes over finds the record there, and writes the claim. Both are read back
// before any other tag is written.
func (r *run) begin(ctx context.Context, reg address.Registry) error {
	if _, err := r.put(ctx, reg, r.pending()); err != nil {
		return err
	}
	return r.lookAtImages(ctx, reg)
}

func (r *run) pending() []pair {
	record := []tagValue{r.recordTarget()}
	return []pair{{pendingTag, record}, {claimTag(r.contents.record.Tag, r.contents.artifact.Digest().String()), record}}
}

// fixed returns the places of the release's own tag on images.
func (r *run) fixed(images ...tagValue) []place {
	return places([]pair{{r.contents.record.Tag, images}})
}

// lookAtImages asks whether the images have the release's tag.
func (r *run) lookAtImages(ctx context.Context, reg address.Registry) error {
	return r.look(ctx, reg, r.fixed(r.targets()...))
}

// targets returns the images with the digests for their tags.
func (r *run) targets() []tagValue {
	var out []tagValue
	for _, d := range r.contents.deliveries {
		out = append(out, tagValue{d.Image, d.Content.Root()})
	}
	return out
}

// fixImages writes the release's tag on the images, reads it back, and reads the tags that are to move.
func (r *run) fixImages(ctx context.Context, reg address.Registry) error {
	if _, ok := r.saw(reg, r.fixed(r.targets()...)); !ok {
		if err := r.lookAtImages(ctx, reg); err != nil {
			return err
		}
	}
	if err := r.fix(ctx, reg, r.targets()); err != nil {
		return err
	}
	if !r.known.isNewest(r.contents.record.ParsedTag()) {
		return r.lookAtRecord(ctx, reg)
	}
	return r.lookAtMoving(ctx, reg)
}

// lookAtMoving looks for a newer release, right before the moving tags move, and reads these.
func (r *run) lookAtMoving(ctx context.Context, reg address.Registry) error {
	return r.look(ctx, reg, places(r.moving(r.targets())),
		func(ctx context.Context) error { return r.checkNewest(ctx, reg) })
}

// moveImages writes the moving tags, unless a newer release has appeared, and reads them back.
func (r *run) moveImages(ctx context.Context, reg address.Registry) error {
	tags := r.moving(r.targets())
	if _, ok := r.saw(reg, places(tags)); !ok {
		if err := r.lookAtMoving(ctx, reg); err != nil {
			return err
		}
	}
	if _, err := r.put(ctx, reg, tags); err != nil {
		return err
	}
	return r.lookAtRecord(ctx, reg)
}

// lookAtRecord reads the release's tag on the record and on the images: nobody may have overwritten it.
func (r *run) lookAtRecord(ctx context.Context, reg address.Registry) error {
	return r.look(ctx, reg, r.fixed(append(r.targets(), r.recordTarget())...))
}

func (r *run) recordTarget() tagValue {
	return tagValue{r.store.Settings.artifact(), r.contents.artifact.Root()}
}

func (r *run) moving(images []tagValue) []pair {
	var out []pair
	for _, t := range r.store.Settings.Moving {
		out = append(out, pair{t, images})
	}
	return out
}

// tagRecord tags the record, which makes it a release, and checks that no tag of another release is mixed with its
// tags.
func (r *run) tagRecord(ctx context.Context, reg address.Registry) error {
	all := append(r.targets(), r.recordTarget())
	if _, ok := r.saw(reg, r.fixed(all...)); !ok {
		if err := r.lookAtRecord(ctx, reg); err != nil {
			return err
		}
	}
	if err := r.fix(ctx, reg, all[:len(all)-1]); err != nil {
		return err
	}
	if err := r.fix(ctx, reg, all[len(all)-1:]); err != nil {
		return err
	}
	end := func(ctx context.Context, reg address.Registry) error { return r.look(ctx, reg, nil) }
	if r.known.isNewest(r.contents.record.ParsedTag()) {
		end = r.settle // also reads it back
	}
	if err := end(ctx, reg); err != nil {
		return err
	}
	r.done(reg)
	return nil
}

func (r *run) done(reg address.Registry) {
	r.progress.mu.Lock()
	r.progress.states[reg].State = Done
	r.progress.mu.Unlock()
}

// mostSettling is how often two simultaneous releases may undo each other's moving tags before this one gives up.
const mostSettling = 8

// settle moves current, and reads the moving tags back. A registry cannot prevent two runs from writing at once, so
// each checks after its writes that all moving tags point to the newest release there (this one, or a newer one that
// can be read), and that its own tag points to what its record says. So the last writer leaves no mixture. A list
// without this run's own release is ignored.
func (r *run) settle(ctx context.Context, reg address.Registry) error {
	current, own := pair{currentTag, []tagValue{r.recordTarget()}}, pair{r.contents.record.Tag, r.targets()}
	for range mostSettling {
		var other newer
		tags := append(r.moving(r.targets()), current, own)
		if err := r.look(ctx, reg, places(tags), func(ctx context.Context) (err error) {
			other, err = r.newer(ctx, reg)
			return err
		}); err != nil {
			return err
		}
		newest := other.released
		if newest != (stamp.Tag{}) {
			on, record, err := r.tagsOf(ctx, reg, newest.String())
			if err != nil {
				return err
			}
			tags = append(r.moving(on), pair{currentTag, []tagValue{record}}, own)
		}
		moved, err := r.put(ctx, reg, tags)
		if err != nil {
			return err
		}
		if moved {
			continue
		}
		if newest != (stamp.Tag{}) {
			r.warn("%s: %s, which another run released at the same time, is newer, so the moving tags point to it", reg, newest)
		}
		return nil
	}
	return fault.New(fault.Retry, "another process keeps moving the tags of %s; is a second release running?", reg).
		WithHint("run the same command again when the other has ended")
}

// tagsOf reads what another release's tag points to, on the images and on the record.
func (r *run) tagsOf(ctx context.Context, reg address.Registry,
	tag string) (images []tagValue, record tagValue, err error) {
	names := append(r.contents.record.ImageNames(), r.store.Settings.artifact())
	all := make([]tagValue, len(names))
	err = parallel(len(names), func(i int) error {
		repo, err := r.store.repo(reg, names[i])
		if err != nil {
			return err
		}
		m, found, err := repo.Get(ctx, tag)
		if err == nil && !found {
			err = fault.New(fault.Registry, "%s lost tag %q", repo, tag)
		}
		all[i] = tagValue{names[i], m}
		return err
	})
	last := len(all) - 1
	return all[:last], all[last], err
}

func (r *run) warn(format string, values ...any) {
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	r.progress.warnings = append(r.progress.warnings, fmt.Sprintf(format, values...))
}
