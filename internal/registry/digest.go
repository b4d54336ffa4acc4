package registry

import (
	"context"
	"path"

	"github.com/distribution/reference"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
)

// Digest returns the digest that an image's name, such as "ruby:3.4-slim-bookworm", currently points to.
func (c *Client) Digest(ctx context.Context, image string, insecure ...string) (string, error) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return "", fault.New(fault.Usage, "image %q: %w", image, err)
	}
	tagged, ok := reference.TagNameOnly(named).(reference.Tagged)
	if !ok {
		return "", fault.New(fault.Usage, "image %q has no tag", image)
	}
	repo, err := c.repoOf(named, insecure)
	if err != nil {
		return "", err
	}
	digest, found, err := repo.Head(ctx, tagged.Tag())
	if err != nil {
		return "", err
	}
	if !found {
		return "", fault.New(fault.Usage, "there is no image %q", image)
	}
	return digest, nil
}

// MayPush asks whether this run may push to the repository of an image, named as Docker does.
func (c *Client) MayPush(ctx context.Context, image string, insecure ...string) error {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return fault.New(fault.Usage, "image %q: %w", image, err)
	}
	repo, err := c.repoOf(named, insecure)
	if err != nil {
		return err
	}
	return repo.CanPush(ctx)
}

func (c *Client) repoOf(named reference.Named, insecure []string) (*Repo, error) {
	dir, last := path.Split(reference.Path(named))
	r, err := address.Parse(path.Join(reference.Domain(named), dir), insecure...)
	if err != nil {
		return nil, err
	}
	return c.Repo(r, last)
}
