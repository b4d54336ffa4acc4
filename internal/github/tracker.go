package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// Issues is the issue tracker of a repository at GitHub or a server that speaks the same (version 2022-11-28 of the
// API).
type Issues struct {
	rest
	repository string // owner/name
}

var _ issueTracker = (*Issues)(nil)

// IssuesOf reads what GitHub Actions sets: GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN.
func IssuesOf(getenv func(string) string) (*Issues, error) {
	g := &Issues{rest: newREST(getenv("GITHUB_API_URL"), getenv("GITHUB_TOKEN")), repository: getenv("GITHUB_REPOSITORY")}
	owner, name, ok := strings.Cut(g.repository, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		return nil, fault.New(fault.Usage, "reading GITHUB_REPOSITORY: expected owner/name, found %q", g.repository)
	}
	if g.token == "" {
		return nil, fault.New(fault.Auth, "reading GITHUB_TOKEN: it is not set").
			WithHint("give the step a token that may write issues")
	}
	return g, nil
}

// RunURL is the address of the workflow run, or empty outside one.
func RunURL(getenv func(string) string) string {
	server, repository, run := getenv("GITHUB_SERVER_URL"), getenv("GITHUB_REPOSITORY"), getenv("GITHUB_RUN_ID")
	if server == "" || repository == "" || run == "" {
		return ""
	}
	return server + "/" + repository + "/actions/runs/" + run
}

type issue struct {
	Number      int              `json:"number"`
	URL         string           `json:"html_url"`
	Title       string           `json:"title"`
	Body        string           `json:"body"`
	PullRequest *json.RawMessage `json:"pull_request"`
}

// Open lists the open issues with the label; pull requests, which Issues counts as issues, are left out.
func (g *Issues) Open(ctx context.Context, label string) ([]Issue, error) {
	var all []Issue
	for page := 1; ; page++ {
		query := url.Values{
			"state": {"open"}, "labels": {label}, "sort": {"created"}, "direction": {"asc"},
			"per_page": {"100"}, "page": {fmt.Sprint(page)},
		}
		var found []issue
		if err := g.call(ctx, http.MethodGet, "/issues?"+query.Encode(), nil, &found); err != nil {
			return nil, err
		}
		for _, i := range found {
			if i.PullRequest == nil {
				all = append(all, Issue{number: i.Number, URL: i.URL, title: i.Title, body: i.Body})
			}
		}
		if len(found) < 100 {
			return all, nil
		}
	}
}

// Create opens an issue with the label, which Issues makes if there is none of that name.
func (g *Issues) Create(ctx context.Context, i Issue, label string) (Issue, error) {
	var made issue
	in := map[string]any{"title": i.title, "body": i.body, "labels": []string{label}}
	if err := g.call(ctx, http.MethodPost, "/issues", in, &made); err != nil {
		return Issue{}, err
	}
	return Issue{number: made.Number, URL: made.URL, title: i.title, body: i.body}, nil
}

// Update replaces an issue's title and text.
func (g *Issues) Update(ctx context.Context, i Issue) error {
	return g.call(ctx, http.MethodPatch, fmt.Sprintf("/issues/%d", i.number),
		map[string]any{"title": i.title, "body": i.body}, nil)
}

// Close comments why, and closes an issue.
func (g *Issues) Close(ctx context.Context, number int, comment string) error {
	path := fmt.Sprintf("/issues/%d", number)
	if err := g.call(ctx, http.MethodPost, path+"/comments", map[string]any{"body": comment}, nil); err != nil {
		return err
	}
	return g.call(ctx, http.MethodPatch, path, map[string]any{"state": "closed", "state_reason": "completed"}, nil)
}

func (g *Issues) call(ctx context.Context, method, path string, in, out any) error {
	return g.rest.call(ctx, request{method: method, path: "/repos/" + g.repository + path, in: in,
		needs: "the workflow needs the permission issues: write",
		gone:  "issues are switched off in this repository's settings"}, out)
}
