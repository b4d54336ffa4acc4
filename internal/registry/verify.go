package registry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/goroutine"
)

// Verify reads a delivery back over the network: every manifest, and every blob, completely; of blobs that known says
// were read back before, only the first byte. What cannot be served yet is requested again within the budget of one
// request. The error has a [Flaw] for each blob or manifest that has to be uploaded again.
func (c *Client) Verify(ctx context.Context, r address.Registry, d Delivery, known func(v1.Hash) bool) error {
	repo, err := c.Repo(r, d.Image)
	if err != nil {
		return err
	}
	reading := c.read(ctx, repo, known, make(chan struct{}, c.opt.jobs))
	for _, m := range d.Content.Manifests {
		reading.manifest(m)
	}
	for _, b := range d.Content.Blobs {
		reading.blob(b)
	}
	return reading.wait()
}

func (r *Repo) sameManifest(ctx context.Context, m content.Manifest) error {
	got, found, err := r.Get(ctx, m.Digest.String())
	switch {
	case err != nil:
		return err
	case !found:
		return r.lacks("manifest", m.Digest)
	case !bytes.Equal(got.Data, m.Data):
		return r.flawed(m.Digest, fmt.Sprintf("%s returns another manifest for %s", r, m.Digest))
	}
	return nil
}

// Touch reads the first byte of a blob, and compares its size: a registry may answer HEAD for a blob that its store
// has lost. The error has a [Flaw] if the blob has to be uploaded again.
func (r *Repo) Touch(ctx context.Context, b content.Blob) error {
	if b.Size == 0 {
		size, found, err := r.blobSize(ctx, b.Digest)
		switch {
		case err != nil:
			return err
		case !found:
			return r.lacks("blob", b.Digest)
		}
		return r.checkSize(b, size)
	}
	return r.again(ctx, "reading "+b.Digest.String()+" from", func() error {
		resp, err := r.send(ctx, request{method: http.MethodGet, path: "blobs/" + b.Digest.String(),
			header: map[string]string{"Range": "bytes=0-0"}, expect: []int{http.StatusOK, http.StatusPartialContent}})
		if status(err) == http.StatusNotFound {
			return r.lacks("blob", b.Digest)
		}
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if _, err := io.ReadFull(resp.Body, make([]byte, 1)); err != nil {
			return err
		}
		return r.checkSize(b, wholeSize(resp))
	})
}

// wholeSize returns the size of a blob of which a part was requested; -1 if the registry does not say.
func wholeSize(resp *http.Response) int64 {
	if resp.StatusCode == http.StatusOK {
		return resp.ContentLength
	}
	var from, to, size int64
	if n, _ := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &size); n == 3 {
		return size
	}
	return -1
}

func (r *Repo) checkSize(b content.Blob, size int64) error {
	if size >= 0 && size != b.Size {
		return r.flawed(b.Digest, fmt.Sprintf("%s has %d bytes of %s, which has %d", r, size, b.Digest, b.Size))
	}
	return nil
}

// Resend uploads blobs and manifests of a delivery again, whatever the registry says that it has. It skips blobs that
// the delivery does not have.
func (c *Client) Resend(ctx context.Context, r address.Registry, d Delivery, digests []v1.Hash) error {
	repo, err := c.Repo(r, d.Image)
	if err != nil {
		return err
	}
	u := &upload{client: c, what: []Delivery{d}, open: map[v1.Hash]*openBlob{}}
	u.plan(1)
	defer u.close()
	again := map[v1.Hash]bool{}
	for _, h := range digests {
		again[h] = true
	}
	g, gctx := goroutine.WithContext(ctx)
	g.SetLimit(c.opt.jobs)
	for _, b := range d.Content.Blobs {
		if again[b.Digest] {
			g.Go(func() error { return u.blob(gctx, repo, b, true) })
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, m := range d.Content.Manifests {
		if !again[m.Digest] {
			continue
		}
		if err := u.mend(ctx, repo, d.Content, m); err != nil {
			return fmt.Errorf("sending %s again: %w", m.Digest, err)
		}
	}
	return nil
}
