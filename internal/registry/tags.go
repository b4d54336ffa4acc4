package registry

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
)

// mostPages limits the pages of tags that are read, for a registry that always has one more.
const mostPages = 500

var nextLink = regexp.MustCompile(`^\s*<([^>]+)>\s*;\s*rel="?next"?`)

// pageSize is how many tags are requested at once.
const pageSize = 1000

// roundPage divides the page sizes that registries use: a page with a multiple of this many tags and without a Link
// may be a list that is cut off. OCI 1.0 did not require Link.
const roundPage = 50

// Tags returns all tags, sorted. A repository that does not exist has none.
func (r *Repo) Tags(ctx context.Context) ([]string, error) { return r.tags(ctx, "") }

// TagsAfter returns the tags that sort after last, and perhaps others: a registry may ignore the parameter.
func (r *Repo) TagsAfter(ctx context.Context, last string) ([]string, error) {
	return r.tags(ctx, last)
}

func (r *Repo) tags(ctx context.Context, last string) ([]string, error) {
	base := r.tagsPage(last)
	seen := map[string]bool{}
	var all []string
	page := base
	for range mostPages {
		tags, link, found, err := r.tagPage(ctx, page)
		if err != nil || !found {
			return nil, err
		}
		added := 0
		for _, t := range tags {
			if address.IsTag(t) && !seen[t] {
				seen[t] = true
				all = append(all, t)
				added++
			}
		}
		m := nextLink.FindStringSubmatch(link)
		switch {
		case m != nil:
			next, err := page.Parse(m[1])
			if err != nil || next.Hostname() != base.Hostname() {
				return nil, fault.New(fault.Registry, "listing the tags of %s: the next page is at %s", r, quote(m[1]))
			}
			page = next
		case len(tags) > 0 && len(tags)%roundPage == 0 && added > 0:
			page = r.tagsPage(tags[len(tags)-1])
		default:
			slices.Sort(all)
			return all, nil
		}
	}
	return nil, fault.New(fault.Registry, "listing the tags of %s: the registry never ends the list", r)
}

func (r *Repo) tagsPage(last string) *url.URL {
	query := url.Values{"n": {strconv.Itoa(pageSize)}}
	if last != "" {
		query.Set("last", last)
	}
	return &url.URL{Scheme: r.name.Scheme(), Host: r.name.RegistryStr(),
		Path: "/v2/" + r.name.RepositoryStr() + "/tags/list", RawQuery: query.Encode()}
}

// tagPage reads one page, and the link to the next one.
func (r *Repo) tagPage(ctx context.Context, page *url.URL) (tags []string, link string, found bool, err error) {
	err = r.again(ctx, "listing the tags of", func() error {
		q := request{method: http.MethodGet, expect: []int{http.StatusOK, http.StatusNotFound}}
		resp, err := r.sendTo(ctx, page.String(), q)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if found = resp.StatusCode == http.StatusOK; !found {
			return nil
		}
		var list struct {
			Tags []string `json:"tags"`
		}
		link = resp.Header.Get("Link")
		err = json.NewDecoder(io.LimitReader(resp.Body, biggest)).Decode(&list)
		tags = list.Tags
		return err
	})
	return tags, link, found, err
}
