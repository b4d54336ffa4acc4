package ship

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/session"
)

// githubPackages deletes from ghcr.io, which itself has no request for that, by GitHub's API.
type githubPackages struct {
	api      string
	token    string
	password func(context.Context, address.Registry) (string, error) // for a registry, where there is no token
	versions map[string][]github.Version                             // by the package's owner and name, asked for once
}

var _ registry.Deleter = (*githubPackages)(nil)

// newGitHubPackages takes GITHUB_TOKEN, else the password for the registry.
func newGitHubPackages(s *session.Session) *githubPackages {
	return &githubPackages{
		api: s.Getenv("GITHUB_API_URL"), token: s.Getenv("GITHUB_TOKEN"), versions: map[string][]github.Version{},
		password: func(ctx context.Context, r address.Registry) (string, error) {
			return s.Credentials.Password(ctx, r.Host)
		},
	}
}

// Delete removes a manifest of an image with its tags; gone is false where r is not ghcr.io.
func (g *githubPackages) Delete(
	ctx context.Context, r address.Registry, image, digest string,
) (gone bool, err error) {
	if !r.IsGHCR() {
		return false, nil
	}
	all, err := g.list(ctx, r, image)
	if err != nil {
		return false, err
	}
	for _, v := range all {
		if v.Digest != digest {
			continue
		}
		err := github.NewPackages(g.api, g.token).Delete(ctx, v)
		return err == nil, err
	}
	return true, nil
}

// untagged are the manifests of an image that no tag leads to and that nobody changed since a moment; none where r is
// not ghcr.io.
func (g *githubPackages) untagged(
	ctx context.Context, r address.Registry, image string, since time.Time,
) (digests []string, err error) {
	if !r.IsGHCR() {
		return nil, nil
	}
	all, err := g.list(ctx, r, image)
	for _, v := range all {
		if len(v.Tags) == 0 && v.Updated.Before(since) {
			digests = append(digests, v.Digest)
		}
	}
	slices.Sort(digests)
	return digests, err
}

func (g *githubPackages) list(ctx context.Context, r address.Registry, image string) ([]github.Version, error) {
	owner, name := packageOf(r, image)
	if all, ok := g.versions[owner+"/"+name]; ok {
		return all, nil
	}
	if g.token == "" {
		password, err := g.password(ctx, r)
		if err != nil {
			return nil, err
		}
		if g.token = password; g.token == "" {
			return nil, fault.New(fault.Auth, "GitHub's API deletes for nobody: GITHUB_TOKEN is not set, and docker login "+
				"has no password for %s", r.Host)
		}
	}
	all, err := github.NewPackages(g.api, g.token).Versions(ctx, owner, name)
	if err == nil {
		g.versions[owner+"/"+name] = all
	}
	return all, err
}

// packageOf is what GitHub calls an image: its owner's name, and whatever follows.
func packageOf(r address.Registry, image string) (owner, name string) {
	_, path, _ := strings.Cut(r.String(), "/")
	owner, below, _ := strings.Cut(path, "/")
	return owner, strings.TrimPrefix(below+"/"+image, "/")
}
