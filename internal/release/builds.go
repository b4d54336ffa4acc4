package release

import (
	"context"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// buildTag returns the tag for a build of one platform; it depends only on the inputs.
func buildTag(inputs string) string {
	_, digits, found := strings.Cut(inputs, ":")
	if !found {
		digits = inputs
	}
	return buildPrefix + digits[:min(32, len(digits))]
}

const buildPrefix = stamp.BuildPrefix

// savedAt is the annotation with the time since which a build is kept.
const savedAt = stamp.Namespace + "kept"

// BuildName returns the full name of a build that SaveBuild writes.
func (s Store) BuildName(image, inputs string) string {
	return s.Settings.primary().Name(image) + ":" + buildTag(inputs)
}

// MaySaveBuild checks that the registry that SaveBuild writes to accepts the images.
func (s Store) MaySaveBuild(ctx context.Context, images ...string) error {
	for _, image := range images {
		repo, err := s.repo(s.Settings.primary(), image)
		if err != nil {
			return err
		}
		if err := repo.CanPush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// SaveBuild uploads a build of one platform to the first required registry, under the tag build-… of its inputs,
// where another machine's release finds it. It moves no other tag, and keeps a build that is already there.
func (s Store) SaveBuild(ctx context.Context, i Image, now time.Time) error {
	r := s.Settings.primary()
	repo, err := s.repo(r, i.Name)
	if err != nil {
		return err
	}
	tag := buildTag(i.Inputs)
	if _, found, err := repo.Head(ctx, tag); err != nil || found {
		return err
	}
	index, source, err := i.open()
	if err != nil {
		return err
	}
	notes := map[string]string{savedAt: now.UTC().Format(time.RFC3339), stamp.Namespace + "inputs": i.Inputs}
	index, err = stamp.Annotate(index, notes)
	if err != nil {
		return err
	}
	content, err := content.Gather(index, source)
	if err != nil {
		return err
	}
	d := registry.Delivery{Image: i.Name, Content: content}
	if err := s.Client.Upload(ctx, []address.Registry{r}, []registry.Delivery{d})[r]; err != nil {
		return err
	}
	if err := s.Client.Verify(ctx, r, d, nil); err != nil {
		return err
	}
	_, err = repo.Move(ctx, tag, content.Root())
	return err
}

// FindBuild finds the build of one platform that an earlier run or another machine saved, or nil.
func (s Store) FindBuild(ctx context.Context, k *Known, image, inputs string) (*Found, error) {
	return s.find(ctx, k, image, buildTag(inputs))
}

// Download writes a found image to a folder as a layout, without the annotations that SaveBuild added: the layout is
// the one that the builder had. It does not download what the folder already has.
func (f *Found) Download(ctx context.Context, dir string) error {
	index, err := stamp.Annotate(f.index, nil)
	if err != nil {
		return err
	}
	return f.repo.Download(ctx, index, dir)
}
