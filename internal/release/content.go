package release

import (
	"context"
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// stamped gives an image's content, stamped and ready to be uploaded.
func (i Image) stamped(ctx context.Context, s stamp.Stamp) (registry.Content, error) {
	index, source, err := i.open()
	if err != nil {
		return registry.Content{}, fmt.Errorf("reading image %q: %w", i.Name, err)
	}
	if index, err = stamp.Apply(index, s, i.Name); err != nil {
		return registry.Content{}, err
	}
	return registry.Gather(index, source)
}

func (i Image) open() (v1.ImageIndex, registry.Source, error) {
	if i.Found != nil {
		return i.Found.index, i.Found.blobs, nil
	}
	l := registry.Layout{Dir: i.Layout}
	index, err := l.Index(i.Digest)
	return index, l, err
}

// fetch finds a published image by digest in the registries that answer, and gives its content.
func fetch(ctx context.Context, c *registry.Client, s Settings, k *Known, image, digest string) (registry.Content, error) {
	var errs []error
	for _, sh := range k.shelves {
		if sh.err != nil {
			continue
		}
		repo, err := c.Repo(sh.registry, image)
		if err != nil {
			return registry.Content{}, err
		}
		if _, found, err := repo.Head(ctx, digest); err != nil || !found {
			errs = append(errs, err)
			continue
		}
		index, err := repo.Index(ctx, digest)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		return registry.Gather(index, repo.Source(s.Cache))
	}
	if err := errors.Join(errs...); err != nil {
		return registry.Content{}, err
	}
	return registry.Content{}, fault.New(fault.Registry, "no registry has %s of %q whole", digest, image).WithHint("release builds it again")
}

// Reuse finds an image with these inputs in the newest release, so that it need only be stamped anew. It gives nil when
// there is none.
func Reuse(ctx context.Context, c *registry.Client, s Settings, k *Known, image, inputs string) (*Found, error) {
	if k.Newest == nil {
		return nil, nil
	}
	if i, ok := k.Newest.Image(image); ok && i.Inputs == inputs {
		return find(ctx, c, s, k, image, i.Digest)
	}
	return nil, nil
}

func find(ctx context.Context, c *registry.Client, s Settings, k *Known, image, ref string) (*Found, error) {
	for _, sh := range k.shelves {
		if sh.err != nil {
			continue
		}
		repo, err := c.Repo(sh.registry, image)
		if err != nil {
			return nil, err
		}
		digest, found, err := repo.Head(ctx, ref)
		if err != nil || !found {
			continue // it is a saving, not a need
		}
		index, err := repo.Index(ctx, digest)
		if err != nil {
			continue
		}
		return &Found{Registry: sh.registry, Digest: digest, repo: repo, index: index, blobs: repo.Source(s.Cache)}, nil
	}
	return nil, ctx.Err()
}
