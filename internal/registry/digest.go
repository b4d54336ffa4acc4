package registry

import (
	"context"
	"path"

	"github.com/distribution/reference"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
)

// Digest returns the digest that a familiar name, such as "ruby:3.4-slim-bookworm", currently points to.
func (c *Client) Digest(ctx context.Context, familiar string, insecure ...string) (string, error) {
	named, err := reference.ParseNormalizedNamed(familiar)
	if err != nil {
		return "", fault.New(fault.Usage, "image %q: %w", familiar, err)
	}
	tagged, ok := reference.TagNameOnly(named).(reference.Tagged)
	if !ok {
		return "", fault.New(fault.Usage, "image %q has no tag", familiar)
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
		return "", fault.New(fault.Usage, "there is no image %q", familiar)
	}
	return digest, nil
}

// MayPush asks whether this run may push to the repository of an image, named as Docker does.
func (c *Client) MayPush(ctx context.Context, familiar string, insecure ...string) error {
	named, err := reference.ParseNormalizedNamed(familiar)
	if err != nil {
		return fault.New(fault.Usage, "image %q: %w", familiar, err)
	}
	repo, err := c.repoOf(named, insecure)
	if err != nil {
		return err
	}
	return repo.CanPush(ctx)
}

func (c *Client) repoOf(named reference.Named, insecure []string) (*Repo, error) {
	dir, image := path.Split(reference.Path(named))
	r, err := address.Parse(path.Join(reference.Domain(named), dir), insecure...)
	if err != nil {
		return nil, err
	}
	return c.Repo(r, image)
}
