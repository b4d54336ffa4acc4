package registry

import (
	"context"
	"path"

	"github.com/distribution/reference"

	"github.com/howdah/howdah/internal/fault"
)

// Digest asks what a familiar name, such as "ruby:3.4-slim-bookworm", stands for now.
func (c *Client) Digest(ctx context.Context, familiar string, insecure ...string) (string, error) {
	named, err := reference.ParseNormalizedNamed(familiar)
	if err != nil {
		return "", fault.New(fault.Usage, "image %q: %w", familiar, err)
	}
	tagged, ok := reference.TagNameOnly(named).(reference.Tagged)
	if !ok {
		return "", fault.New(fault.Usage, "image %q has no tag", familiar)
	}
	dir, image := path.Split(reference.Path(named))
	r, err := Parse(path.Join(reference.Domain(named), dir), insecure...)
	if err != nil {
		return "", err
	}
	repo, err := c.Repo(r, image)
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
