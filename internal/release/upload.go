package release

import (
	"context"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/releasejournal"
)

// deliver uploads to every registry at once, and reads back. What a registry cannot serve is uploaded again. While
// the last of it is read back, it already asks what the next steps need: who can read the images without an account,
// and whether there is a newer release.
func (r *run) deliver(ctx context.Context, what []registry.Delivery) error {
	r.hooks.stage("uploading and reading back")
	outcome := r.store.Client.Deliver(ctx, r.live(), what, registry.Readback{Known: r.verified, New: r.plan.Record == nil,
		Uploaded: func(ctx context.Context, reg address.Registry) error {
			return parallel(2, func(i int) error {
				if i == 0 {
					return r.readAnonymously(ctx, reg)
				}
				r.lookAhead(ctx, reg)
				return nil
			})
		}})
	if err := r.note(releasejournal.Uploaded, ""); err != nil {
		return err
	}
	r.each(func(reg address.Registry) error { return r.sendAgain(ctx, reg, what, outcome[reg]) })
	if err := r.stop(ctx); err != nil {
		return err
	}
	return r.note(releasejournal.Verified, "")
}

// sendAgain uploads again what a registry could not serve, and reads that back.
func (r *run) sendAgain(ctx context.Context, reg address.Registry, what []registry.Delivery, err error) error {
	flaws := registry.Flaws(err)
	if len(flaws) == 0 {
		return err
	}
	return parallel(len(what), func(i int) error {
		d := what[i]
		again := map[v1.Hash]bool{}
		var digests []v1.Hash
		for _, f := range flaws {
			if f.Repository == reg.Name(d.Image) {
				again[f.Digest] = true
				digests = append(digests, f.Digest)
			}
		}
		if len(digests) == 0 {
			return nil
		}
		if err := r.store.Client.Resend(ctx, reg, d, digests); err != nil {
			return err
		}
		r.warn("%s could not give back %d of the blobs and manifests of %s that it said it has; they were sent again",
			reg, len(again), d.Image)
		return r.store.Client.Verify(ctx, reg, d, func(h v1.Hash) bool { return !again[h] })
	})
}

// readAgain is how many bytes of blobs that an earlier release has read back each release reads again per registry;
// at least one blob, in turn.
const readAgain = 16 << 20

// verified returns which blobs need only their first byte read, because they were read back before: those of the
// newest release, if the registry has it, except those whose turn it is.
func (r *run) verified(reg address.Registry) func(v1.Hash) bool {
	known := map[string]bool{}
	if r.store.Settings.ReadAll {
		return func(v1.Hash) bool { return false }
	}
	for _, sh := range r.known.inventories {
		if sh.registry != reg || r.known.Newest == nil || !sh.has(r.known.Newest.Tag) {
			continue
		}
		var blobs []record.Blob
		for _, i := range r.known.Newest.Images {
			blobs = append(blobs, i.Blobs...)
		}
		due := inTurn(blobs, len(r.known.tags))
		for _, b := range blobs {
			known[b.Digest] = !due[b.Digest]
		}
	}
	return func(h v1.Hash) bool { return known[h.String()] }
}

// inTurn chooses the blobs that the n-th release reads again: sorted by digest, from the n-th on.
func inTurn(blobs []record.Blob, n int) map[string]bool {
	blobs = slices.Clone(blobs)
	slices.SortFunc(blobs, func(a, b record.Blob) int { return strings.Compare(a.Digest, b.Digest) })
	blobs = slices.CompactFunc(blobs, func(a, b record.Blob) bool { return a.Digest == b.Digest })
	due := map[string]bool{}
	var bytes int64
	for i := range blobs {
		b := blobs[(n+i)%len(blobs)]
		if bytes += b.Size; i > 0 && bytes > readAgain {
			break
		}
		due[b.Digest] = true
	}
	return due
}
