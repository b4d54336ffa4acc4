package release

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// stamped gives an image's content, stamped and ready to be uploaded.
func (i Image) stamped(ctx context.Context, s stamp.Stamp) (registry.Content, error) {
	parts := i.Parts
	if len(parts) == 0 {
		parts = []Part{{Layout: i.Layout, Digest: i.Digest, Found: i.Found}}
	}
	var indexes []v1.ImageIndex
	var from sources
	for _, p := range parts {
		index, source, err := p.open()
		if err != nil {
			return registry.Content{}, fmt.Errorf("reading image %q: %w", i.Name, err)
		}
		indexes, from = append(indexes, index), append(from, source)
	}
	index := indexes[0]
	if len(indexes) > 1 {
		var err error
		if index, err = stamp.Join(indexes...); err != nil {
			return registry.Content{}, fmt.Errorf("joining image %q: %w", i.Name, err)
		}
	}
	index, err := stamp.Apply(index, s, i.Name)
	if err != nil {
		return registry.Content{}, err
	}
	if len(from) == 1 {
		return registry.Gather(index, from[0])
	}
	return registry.Gather(index, from)
}

func (p Part) open() (v1.ImageIndex, registry.Source, error) {
	if p.Found != nil {
		return p.Found.index, p.Found.blobs, nil
	}
	l := registry.Layout{Dir: p.Layout}
	index, err := l.Index(p.Digest)
	return index, l, err
}

// sources looks for a blob in one after the other.
type sources []registry.Source

func (all sources) Open(ctx context.Context, b registry.Blob) (registry.File, error) {
	var errs []error
	for _, s := range all {
		f, err := s.Open(ctx, b)
		if err == nil {
			return f, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
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

// Reuse finds an image with these inputs at a registry, so that it need not be built: in the newest release, or kept
// under its build-… tag by an earlier run or another machine. It gives nil when there is none.
func Reuse(ctx context.Context, c *registry.Client, s Settings, k *Known, image, inputs string) (*Found, error) {
	if k.Newest != nil {
		if i, ok := k.Newest.Image(image); ok && i.Inputs == inputs {
			if f, err := find(ctx, c, s, k, image, i.Digest); f != nil || err != nil {
				return f, err
			}
		}
	}
	return find(ctx, c, s, k, image, buildTag(inputs))
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
		return &Found{Registry: sh.registry, Digest: digest, index: index, blobs: repo.Source(s.Cache)}, nil
	}
	return nil, ctx.Err()
}

// buildTag is the tag under which a build is kept: a function of its inputs.
func buildTag(inputs string) string {
	digits := inputs
	if i := slices.Index([]byte(inputs), ':'); i >= 0 {
		digits = inputs[i+1:]
	}
	return buildPrefix + digits[:min(32, len(digits))]
}

const buildPrefix = "build-"

// Keep uploads a build under its inputs' build-… tag to the first registry that is required, and moves no other tag:
// another machine's release finds it there. What is there already stays.
func Keep(ctx context.Context, c *registry.Client, s Settings, i Image, now time.Time) (tag string, err error) {
	r := s.primary()
	repo, err := c.Repo(r, i.Name)
	if err != nil {
		return "", err
	}
	tag = buildTag(i.Inputs)
	if _, found, err := repo.Head(ctx, tag); err != nil || found {
		return tag, err
	}
	index, source, err := Part{Layout: i.Layout, Digest: i.Digest}.open()
	if err != nil {
		return "", err
	}
	index, err = stamp.Annotate(index, map[string]string{keptAt: now.UTC().Format(time.RFC3339), stamp.Namespace + "inputs": i.Inputs})
	if err != nil {
		return "", err
	}
	content, err := registry.Gather(index, source)
	if err != nil {
		return "", err
	}
	d := registry.Delivery{Image: i.Name, Content: content}
	if err := c.Upload(ctx, []registry.Registry{r}, []registry.Delivery{d})[r]; err != nil {
		return "", err
	}
	if err := c.Verify(ctx, r, d, nil); err != nil {
		return "", err
	}
	_, err = repo.Move(ctx, tag, content.Root())
	return tag, err
}

// keptAt is the annotation that says since when a build is kept.
const keptAt = stamp.Namespace + "kept"
