package registry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sync/errgroup"

	"github.com/howdah/howdah/internal/fault"
)

// Verify reads a delivery back over the wire: every manifest whole, every blob whole, except blobs that known says were
// read back before in that registry: of these, the size is asked for.
func (c *Client) Verify(ctx context.Context, r Registry, d Delivery, known func(v1.Hash) bool) error {
	repo, err := c.Repo(r, d.Image)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.opt.Jobs)
	for _, m := range d.Content.Manifests {
		g.Go(func() error {
			got, found, err := repo.Get(ctx, m.Digest.String())
			if err == nil && !found {
				err = fault.New(fault.Registry, "%s took %s and does not have it", repo, m.Digest)
			}
			if err == nil && !bytes.Equal(got.Data, m.Data) {
				err = fault.New(fault.Registry, "%s gives another manifest for %s", repo, m.Digest)
			}
			return err
		})
	}
	for _, b := range d.Content.Blobs {
		g.Go(func() error {
			var err error
			if known != nil && known(b.Digest) {
				err = repo.there(ctx, b)
			} else {
				err = repo.whole(ctx, b)
			}
			if err == nil {
				c.opt.Progress(Event{Registry: r.String(), Image: d.Image, What: Verified, Name: b.Digest.String(), Bytes: b.Size})
			}
			return err
		})
	}
	return g.Wait()
}

// there asks for a blob's size.
func (r *Repo) there(ctx context.Context, b Blob) error {
	size, found, err := r.BlobSize(ctx, b.Digest)
	switch {
	case err != nil:
		return err
	case !found:
		return fault.New(fault.Registry, "%s lacks %s", r, b.Digest)
	case size >= 0 && size != b.Size:
		return fault.New(fault.Registry, "%s has %d bytes of %s, which has %d", r, size, b.Digest, b.Size)
	}
	return nil
}

// whole reads a blob to its end. A reading that breaks off is begun anew; wrong bytes are not asked for twice.
func (r *Repo) whole(ctx context.Context, b Blob) error {
	w := newWait(&r.client.opt, r.registry.String())
	for {
		err := r.readBlob(ctx, b)
		var known *fault.Error
		switch {
		case err == nil:
			return nil
		case status(err) == http.StatusNotFound:
			return fault.New(fault.Registry, "%s lacks %s", r, b.Digest)
		case ctx.Err() != nil, errors.As(err, &known), !temporary(err):
			return r.fail("reading "+b.Digest.String()+" from", false, err)
		}
		if stop := w.next(ctx, 0, "a reading that broke off: "+clean(err.Error())); stop != nil {
			return r.fail("reading "+b.Digest.String()+" from", false, err)
		}
	}
}

func (r *Repo) readBlob(ctx context.Context, b Blob) error {
	resp, err := r.send(ctx, request{method: http.MethodGet, path: "blobs/" + b.Digest.String(), expect: []int{http.StatusOK}})
	if err != nil {
		return err
	}
	body := verifying(resp.Body, b, r.String())
	defer body.Close()
	_, err = io.Copy(&counting{repo: r, digest: b.Digest}, body)
	return err
}

// counting tells of bytes that went by.
type counting struct {
	repo   *Repo
	digest v1.Hash
}

func (c *counting) Write(p []byte) (int, error) {
	c.repo.client.opt.Progress(Event{Registry: c.repo.registry.String(), Image: c.repo.image, What: Read, Name: c.digest.String(), Bytes: int64(len(p))})
	return len(p), nil
}
