package release

import (
	"context"
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// stamped returns an image's content with the stamp, ready to be uploaded.
func (i Image) stamped(s stamp.Stamp) (content.Content, error) {
	index, source, err := i.open()
	if err != nil {
		return content.Content{}, fmt.Errorf("reading image %q: %w", i.Name, err)
	}
	if index, err = stamp.Apply(index, s, i.Name); err != nil {
		return content.Content{}, err
	}
	return content.Gather(index, source)
}

// Stamped returns the digest of the image's index with the stamp in its configuration, as "sha256:…".
func (i Image) Stamped(s stamp.Stamp) (string, error) {
	c, err := i.stamped(s)
	if err != nil {
		return "", err
	}
	return c.Digest().String(), nil
}

func (i Image) open() (v1.ImageIndex, content.Source, error) {
	if i.Found != nil {
		return i.Found.index, i.Found.blobs, nil
	}
	l := content.Layout{Dir: i.Layout}
	index, err := l.Index(i.Digest)
	return index, l, err
}

// fetch returns the content of a published image by digest: manifests and configs from the first registry that has
// all of them, each layer from the first that has it.
func (s Store) fetch(ctx context.Context, k *Known, image, digest string) (content.Content, error) {
	var errs []error
	for _, sh := range k.inventories {
		if sh.err != nil {
			continue
		}
		repo, err := s.repo(sh.registry, image)
		if err != nil {
			return content.Content{}, err
		}
		index, err := repo.Index(ctx, digest)
		if err == nil {
			return content.Gather(index, s.source(k, image))
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return content.Content{}, noRegistryHas(digest+" of "+image, errs)
}

// noRegistryHas returns the error for something that no registry serves. If all of them lack it, a retry does not help.
func noRegistryHas(what string, errs []error) error {
	for _, err := range errs {
		if len(registry.Flaws(err)) == 0 {
			return errors.Join(errs...)
		}
	}
	return fault.New(fault.Registry, "no registry has %s: %w", what, errors.Join(append(errs, errLost)...)).
		WithHint("the next release that builds the image sends it again; %s goes back to a complete release",
			rollbackTo("TAG"))
}

// errLost marks something that no registry has, so that a retry does not help.
var errLost = errors.New("it is lost")

func lost(err error) bool { return errors.Is(err, errLost) }

// available reports whether all of a record's images can be read from the registries that answer, taken together.
func (s Store) available(ctx context.Context, k *Known, r *record.Record) (bool, error) {
	for _, i := range r.Images {
		content, err := s.fetch(ctx, k, i.Name, i.Digest)
		if lost(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		err = parallel(len(content.Blobs), func(n int) error { return s.has(ctx, k, i.Name, content.Blobs[n]) })
		if lost(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// has returns an error unless one of the registries that answer serves a blob.
func (s Store) has(ctx context.Context, k *Known, image string, b content.Blob) error {
	var errs []error
	for _, sh := range k.inventories {
		if sh.err != nil {
			continue
		}
		repo, err := s.repo(sh.registry, image)
		if err == nil {
			err = repo.Touch(ctx, b)
		}
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return noRegistryHas(b.Digest.String(), errs)
}

// Reuse finds an image with these inputs in the newest release, which then only needs a new stamp; nil if there is
// none.
func (s Store) Reuse(ctx context.Context, k *Known, image, inputs string) (*Found, error) {
	if k.Newest == nil || k.lost {
		return nil, nil
	}
	if i, ok := k.Newest.Image(image); ok && i.Inputs == inputs {
		return s.find(ctx, k, image, i.Digest)
	}
	return nil, nil
}

func (s Store) find(ctx context.Context, k *Known, image, ref string) (*Found, error) {
	for _, sh := range k.inventories {
		if sh.err != nil {
			continue
		}
		repo, err := s.repo(sh.registry, image)
		if err != nil {
			return nil, err
		}
		digest, found, err := repo.Head(ctx, ref)
		if err != nil || !found {
			continue // reuse only saves time
		}
		index, err := repo.Index(ctx, digest)
		if err != nil {
			continue
		}
		return &Found{Registry: sh.registry, Digest: digest, repo: repo, index: index, blobs: s.source(k, image)}, nil
	}
	return nil, ctx.Err()
}
