package registry

import (
	"context"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/goroutine"
)

// maxEager is the largest blob, in bytes, for which an upload starts before it is known whether the registry has
// it.
const maxEager = 4 << 20

// ask asks for every blob and manifest whether it is there. If most of it is new, it starts the uploads of small
// blobs: configurations and records.
func (u *upload) ask(ctx context.Context, r address.Registry, places map[string]*place) error {
	var mu sync.Mutex
	g, gctx := goroutine.WithContext(ctx)
	for _, b := range u.blobs {
		for _, image := range b.images {
			p := places[image]
			g.Go(func() error {
				there, err := u.present(gctx, p, b.Blob)
				if there {
					mu.Lock()
					p.there[b.Digest] = true
					mu.Unlock()
					u.report(p.repo, Present, b.Digest, b.Size)
				}
				return err
			})
		}
		if p := places[b.images[0]]; u.fresh && b.Data != nil && len(b.Data) <= maxEager && !u.known(r, b.Digest) {
			g.Go(func() error {
				location, _, err := p.repo.begin(gctx, nil, "")
				if err == nil { // otherwise it starts again when it is needed, and reports that error
					mu.Lock()
					p.begun[b.Digest] = location
					mu.Unlock()
				}
				return nil
			})
		}
	}
	for _, d := range u.what {
		for _, m := range d.Content.Manifests {
			p := places[d.Image]
			g.Go(func() error {
				digest, found, err := p.repo.Head(gctx, m.Digest.String())
				if err == nil && found && digest == m.Digest.String() {
					mu.Lock()
					p.there[m.Digest] = true
					mu.Unlock()
					u.report(p.repo, Present, m.Digest, int64(len(m.Data)))
					p.reading.manifest(m)
				}
				return nil // it is written later, and that error is reported
			})
		}
	}
	err := g.Wait()
	for _, p := range places {
		for h, location := range p.begun {
			if err != nil || p.there[h] {
				p.repo.cancelUpload(ctx, location)
				delete(p.begun, h)
			}
		}
	}
	return err
}

// present reports whether a repository has a blob, and starts to read it back. If the blob was read back before,
// reading its first byte answers both.
func (u *upload) present(ctx context.Context, p *place, b content.Blob) (bool, error) {
	if p.reading.readBefore(b.Digest) {
		err := p.repo.Touch(ctx, b)
		if err == nil {
			p.reading.verified(b)
		}
		if len(Flaws(err)) == 0 {
			return err == nil, err
		}
	}
	size, found, err := p.repo.blobSize(ctx, b.Digest)
	if err != nil || !found || size != b.Size && size >= 0 {
		return false, err
	}
	p.reading.blob(b)
	return true, nil
}

// known reports whether an earlier release has read a blob back at a registry.
func (u *upload) known(r address.Registry, h v1.Hash) bool {
	for _, reading := range u.readings[r] {
		if reading.readBefore(h) {
			return true
		}
	}
	return false
}
