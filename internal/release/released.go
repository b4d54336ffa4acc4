package release

import (
	"context"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
)

// Record returns the record of the release with this tag, and what the registries hold. If there is no such release,
// the error is fault.Usage.
func (s Store) Record(ctx context.Context, tag string) (*record.Record, *Known, error) {
	k, err := s.readAll(ctx)
	if err != nil {
		return nil, nil, err
	}
	got, err := k.record(ctx, tag)
	if err != nil {
		return nil, nil, err
	}
	return got.Record, k, nil
}

// Download writes a released image to dir as a layout, as it is at the registries, with its stamp.
func (s Store) Download(ctx context.Context, k *Known, r *record.Record, image, dir string) error {
	of, ok := r.Image(image)
	if !ok {
		return fault.New(fault.Usage, "release %s has no image %q, only %q", r.Tag, image, r.ImageNames())
	}
	found, err := s.find(ctx, k, image, of.Digest)
	if err != nil {
		return err
	}
	if found == nil {
		return noRegistryHas(of.Digest+" of "+image, nil)
	}
	return found.repo.Download(ctx, found.index, dir)
}
