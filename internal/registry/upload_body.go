package registry

import (
	"bytes"
	"context"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
)

// body opens a blob to be sent once.
func (u *upload) body(ctx context.Context, repo *Repo, b content.Blob) (io.ReadCloser, error) {
	progress := func(n int) {
		u.client.opt.Progress(Event{Registry: repo.registry.String(), image: repo.image, What: Sent, Name: b.Digest.String(),
			Bytes: int64(n)})
	}
	if b.Data != nil {
		return io.NopCloser(bytes.NewReader(b.Data)), nil
	}
	u.mu.Lock()
	h := u.open[b.Digest]
	u.mu.Unlock()
	h.once.Do(func() {
		if b.Source == nil {
			h.err = fault.New(fault.Build, "blob %s was not found in any source", b.Digest)
			return
		}
		f, err := b.Source.Open(ctx, b)
		if err != nil {
			h.err = err
			return
		}
		u.mu.Lock()
		h.shared = content.Share(b, f, b.Digest.String())
		u.mu.Unlock()
	})
	if h.err != nil {
		return nil, h.err
	}
	r := h.shared.Open(progress)
	u.see(h, repo.registry)
	return r, nil
}

// wrong returns the error for a blob whose bytes do not have its digest.
func (u *upload) wrong(b content.Blob) error {
	u.mu.Lock()
	h := u.open[b.Digest]
	u.mu.Unlock()
	if h == nil || h.shared == nil {
		return nil
	}
	return h.shared.Err()
}

// done releases a blob that one registry no longer needs. The file stays open until the upload ends, for a registry
// that finds out later that it lacks the blob.
func (u *upload) done(d v1.Hash, r address.Registry) {
	u.mu.Lock()
	h := u.open[d]
	h.wanted--
	last := h.wanted == 0
	u.mu.Unlock()
	u.see(h, r)
	if last && h.shared != nil {
		h.shared.Forget()
	}
}

func (u *upload) close() {
	for _, h := range u.open {
		if h.shared != nil {
			h.shared.Close()
		}
	}
}
