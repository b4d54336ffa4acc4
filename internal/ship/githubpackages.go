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

// githubPackages deletes from ghcr.io by GitHub's API, since the registry itself has no request for that.
type githubPackages struct {
	api    string
	token  func(context.Context, address.Registry) (string, error)
	listed map[string]githubPackage // by the package's owner and name: a prune asks for each version of a package
}

// githubPackage is what GitHub's API listed of a package.
type githubPackage struct {
	api      *github.Packages
	versions []github.Version
}

var _ registry.Deleter = (*githubPackages)(nil)

// newGitHubPackages uses GITHUB_TOKEN or, if it is not set, the password for the registry.
func newGitHubPackages(s *session.Session) *githubPackages {
	return &githubPackages{
		api: s.Getenv("GITHUB_API_URL"), listed: map[string]githubPackage{},
		token: func(ctx context.Context, r address.Registry) (string, error) {
			if token := s.Getenv("GITHUB_TOKEN"); token != "" {
				return token, nil
			}
			return s.Credentials.Password(ctx, r.Host)
		},
	}
}

// Delete removes a manifest of an image with its tags; gone is false if r is not ghcr.io.
func (g *githubPackages) Delete(
	ctx context.Context, r address.Registry, image, digest string,
) (gone bool, err error) {
	if !r.IsGHCR() {
		return false, nil
	}
	found, err := g.list(ctx, r, image)
	if err != nil {
		return false, err
	}
	for _, v := range found.versions {
		if v.Digest != digest {
			continue
		}
		err := found.api.Delete(ctx, v)
		return err == nil, err
	}
	return true, nil
}

// untagged returns the digests of an image's manifests that have no tag and have not changed since a time, sorted; none
// if r is not ghcr.io.
func (g *githubPackages) untagged(
	ctx context.Context, r address.Registry, image string, since time.Time,
) (digests []string, err error) {
	if !r.IsGHCR() {
		return nil, nil
	}
	found, err := g.list(ctx, r, image)
	for _, v := range found.versions {
		if len(v.Tags) == 0 && v.Updated.Before(since) {
			digests = append(digests, v.Digest)
		}
	}
	slices.Sort(digests)
	return digests, err
}

// list asks for the versions of an image's package, once.
func (g *githubPackages) list(ctx context.Context, r address.Registry, image string) (githubPackage, error) {
	owner, name := packageOf(r, image)
	if found, ok := g.listed[owner+"/"+name]; ok {
		return found, nil
	}
	token, err := g.token(ctx, r)
	if err != nil {
		return githubPackage{}, err
	}
	if token == "" {
		return githubPackage{}, fault.New(fault.Auth, "GitHub's API deletes for nobody: GITHUB_TOKEN is not set, and docker "+
			"login has no password for %s", r.Host)
	}
	found := githubPackage{api: github.NewPackages(g.api, token)}
	if found.versions, err = found.api.Versions(ctx, owner, name); err == nil {
		g.listed[owner+"/"+name] = found
	}
	return found, err
}

// packageOf returns what GitHub calls an image: its owner's name, and what follows in its repository.
func packageOf(r address.Registry, image string) (owner, name string) {
	_, path, _ := strings.Cut(r.String(), "/")
	owner, below, _ := strings.Cut(path, "/")
	return owner, strings.TrimPrefix(below+"/"+image, "/")
}
