package registry

import (
	"bytes"
	"context"

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
				err = repo.read(ctx, b, &counting{repo: repo, digest: b.Digest})
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

// counting tells of bytes that went by.
type counting struct {
	repo   *Repo
	digest v1.Hash
}

func (c *counting) Reset() {}

func (c *counting) Write(p []byte) (int, error) {
	c.repo.client.opt.Progress(Event{Registry: c.repo.registry.String(), Image: c.repo.image, What: Read, Name: c.digest.String(), Bytes: int64(len(p))})
	return len(p), nil
}
