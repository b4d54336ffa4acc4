package github

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/secret"
)

// maxReply bounds what is read of one answer: a page of a hundred issues of the greatest size.
const maxReply = 16 << 20

// Issues is the issue tracker of a repository at GitHub or a server that speaks the same (version 2022-11-28 of the
// API).
type Issues struct {
	api        string // https://api.github.com, without a slash at the end
	repository string // owner/name
	token      string
	client     *http.Client
}

var _ issueTracker = (*Issues)(nil)

// IssuesOf reads what GitHub Actions sets: GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN.
func IssuesOf(getenv func(string) string) (*Issues, error) {
	g := &Issues{
		api:        strings.TrimSuffix(getenv("GITHUB_API_URL"), "/"),
		repository: getenv("GITHUB_REPOSITORY"),
		token:      getenv("GITHUB_TOKEN"),
		client:     &http.Client{Timeout: 30 * time.Second, Transport: secret.Transport{}},
	}
	if g.api == "" {
		g.api = "https://api.github.com"
	}
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

// Close says why and closes an issue.
func (g *Issues) Close(ctx context.Context, number int, comment string) error {
	path := fmt.Sprintf("/issues/%d", number)
	if err := g.call(ctx, http.MethodPost, path+"/comments", map[string]any{"body": comment}, nil); err != nil {
		return err
	}
	return g.call(ctx, http.MethodPatch, path, map[string]any{"state": "closed", "state_reason": "completed"}, nil)
}

func (g *Issues) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encoding a request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, g.api+"/repos/"+g.repository+path, body)
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("Authorization", "Bearer "+g.token)
	req.Header.Set("X-Github-Api-Version", "2022-11-28")
	resp, err := g.client.Do(req)
	if err != nil {
		return fault.New(fault.Retry, "asking %s: %w", g.api, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return fault.New(fault.Retry, "reading the answer of %s: %w", g.api, err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return refusal(method, path, resp.StatusCode, data)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("decoding the answer to %s %q: %w", method, path, err)
	}
	return nil
}

func refusal(method, path string, status int, data []byte) error {
	var said struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(data, &said) // an answer that is not JSON says nothing more than its status
	what := fmt.Sprintf("%s %s answered %d %q", method, strings.SplitN(path, "?", 2)[0], status, said.Message)
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.New(fault.Auth, "%s", what).WithHint("the workflow needs the permission issues: write")
	case status == http.StatusGone:
		return fault.New(fault.Usage, "%s", what).WithHint("issues are switched off in this repository's settings")
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return fault.New(fault.Retry, "%s", what)
	default:
		return fault.New(fault.Other, "%s", what)
	}
}
