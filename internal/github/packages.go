package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Packages are the container images that GitHub's registry keeps, as its REST API has them: the registry itself neither
// lists the manifests that no tag leads to, nor deletes any.
// https://docs.github.com/en/rest/packages/packages?apiVersion=2022-11-28
type Packages struct{ rest }

// NewPackages asks the API at address ("" is GitHub's own) with a token.
func NewPackages(address, token string) *Packages { return &Packages{newREST(address, token)} }

// Version is a manifest of an image, with the tags that lead to it.
type Version struct {
	Digest  string
	Tags    []string
	Updated time.Time
	path    string // in the API
}

// deleting is what a token needs.
const deleting = "deleting from GitHub's registry needs a token with read:packages and delete:packages; in a " +
	"workflow, the repository needs the role Admin under \"Manage Actions access\" of the package"

// Versions lists the manifests of an image of owner's, in the API's order.
func (p *Packages) Versions(ctx context.Context, owner, image string) ([]Version, error) {
	at, err := p.path(ctx, owner, image)
	if err != nil {
		return nil, err
	}
	var all []Version
	for page := 1; ; page++ {
		var found []struct {
			ID       int64     `json:"id"`
			Name     string    `json:"name"` // the digest
			Updated  time.Time `json:"updated_at"`
			Metadata struct {
				Container struct {
					Tags []string `json:"tags"`
				} `json:"container"`
			} `json:"metadata"`
		}
		query := url.Values{"state": {"active"}, "per_page": {"100"}, "page": {fmt.Sprint(page)}}
		ask := request{method: http.MethodGet, path: at + "?" + query.Encode(), needs: deleting}
		if err := p.call(ctx, ask, &found); err != nil {
			return nil, err
		}
		for _, v := range found {
			all = append(all, Version{v.Name, v.Metadata.Container.Tags, v.Updated, fmt.Sprintf("%s/%d", at, v.ID)})
		}
		if len(found) < 100 {
			return all, nil
		}
	}
}

// Delete removes a manifest with its tags. One that is gone already is no error. GitHub refuses to delete what was
// downloaded more than 5,000 times.
func (p *Packages) Delete(ctx context.Context, v Version) error {
	err := p.call(ctx, request{method: http.MethodDelete, path: v.path, needs: deleting}, nil)
	if gone := (notFound{}); errors.As(err, &gone) {
		return nil
	}
	return err
}

// path is where an image's versions are: an organisation's elsewhere than a person's.
func (p *Packages) path(ctx context.Context, owner, image string) (string, error) {
	var of struct {
		Type string `json:"type"`
	}
	ask := request{method: http.MethodGet, path: "/users/" + url.PathEscape(owner), needs: deleting}
	if err := p.call(ctx, ask, &of); err != nil {
		return "", err
	}
	kind := "users"
	if of.Type == "Organization" {
		kind = "orgs"
	}
	return fmt.Sprintf("/%s/%s/packages/container/%s/versions", kind, url.PathEscape(owner), url.PathEscape(image)), nil
}
