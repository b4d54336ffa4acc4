package release

import (
	"context"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// Store is where a distribution's releases are: its registries, and the client for them.
type Store struct {
	Settings Settings
	Client   *registry.Client
}

// repo returns the repository of an image in one of the registries.
func (s Store) repo(r address.Registry, image string) (*registry.Repo, error) {
	return s.Client.Repo(r, image)
}

// tagKey is the annotation of a record's artifact with the release's tag.
const tagKey = stamp.Namespace + "tag"

// pointer is what a tag of NAME-release points to: a record's artifact, of which only the manifest was read.
type pointer struct {
	manifest content.Manifest
	tag      stamp.Tag // of the release
	found    bool
}

// point reads what a tag of NAME-release points to. An artifact without a release's tag counts as none.
func point(ctx context.Context, repo *registry.Repo, name string) (pointer, error) {
	m, found, err := repo.Get(ctx, name)
	if err != nil || !found {
		return pointer{}, err
	}
	tag, err := stamp.ParseTag(record.Annotation(m, tagKey))
	if err != nil {
		return pointer{}, nil //nolint:nilerr // something else carries the tag: nothing is known from it
	}
	return pointer{m, tag, true}, nil
}

// repositories is a source of blobs in several repositories: each blob comes from the first that serves it completely.
type repositories struct {
	repos []*registry.Repo
	cache string
}

var _ content.Source = repositories{}

func (a repositories) Open(ctx context.Context, b content.Blob) (content.File, error) {
	var errs []error
	for _, repo := range a.repos {
		f, err := repo.Source(a.cache).Open(ctx, b)
		if err == nil {
			return f, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, noRegistryHas(b.Digest.String(), errs)
}

// source returns a source of an image's blobs at every registry that answers.
func (s Store) source(k *Known, image string) content.Source {
	a := repositories{cache: s.Settings.Cache}
	for _, sh := range k.inventories {
		if repo, err := s.repo(sh.registry, image); sh.err == nil && err == nil {
			a.repos = append(a.repos, repo)
		}
	}
	return a
}
