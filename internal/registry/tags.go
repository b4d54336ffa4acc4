package registry

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/howdah/howdah/internal/fault"
)

// mostPages is how many pages of tags are read: a registry that always has one more does not hold us for ever.
const mostPages = 500

var nextLink = regexp.MustCompile(`^\s*<([^>]+)>\s*;\s*rel="?next"?`)

// Tags lists all tags, sorted. A repository that is not there has none.
func (r *Repo) Tags(ctx context.Context) ([]string, error) {
	base := url.URL{Scheme: r.name.Scheme(), Host: r.name.RegistryStr(), Path: "/v2/" + r.name.RepositoryStr() + "/tags/list", RawQuery: "n=1000"}
	var all []string
	page := &base
	for range mostPages {
		var list struct {
			Tags []string `json:"tags"`
		}
		link, found := "", false
		err := r.again(ctx, "listing the tags of", func() error {
			resp, err := r.sendTo(ctx, page.String(), request{method: http.MethodGet, expect: []int{http.StatusOK, http.StatusNotFound}})
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			if found = resp.StatusCode == http.StatusOK; !found {
				return nil
			}
			link = resp.Header.Get("Link")
			return json.NewDecoder(io.LimitReader(resp.Body, biggest)).Decode(&list)
		})
		if err != nil || !found {
			return nil, err
		}
		for _, t := range list.Tags {
			if tagForm.MatchString(t) {
				all = append(all, t)
			}
		}
		m := nextLink.FindStringSubmatch(link)
		if m == nil {
			slices.Sort(all)
			return slices.Compact(all), nil
		}
		next, err := page.Parse(m[1])
		if err != nil || next.Hostname() != base.Hostname() {
			return nil, fault.New(fault.Registry, "listing the tags of %s: the next page is at %s", r, quote(m[1]))
		}
		page = next
	}
	return nil, fault.New(fault.Registry, "listing the tags of %s: there is no end to them", r)
}
