package github

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/tree"
)

// PullState is what GitHub says became of a pull request.
type PullState struct {
	Closed bool    // without being merged
	Merged tree.ID // the commit that it was merged as; "" while it was not
	Head   tree.ID
}

// Pulls is GitHub's API (version 2022-11-28), or a server that speaks the same. Without a token it is asked as anybody
// may, some sixty times an hour.
type Pulls struct {
	api    string // https://api.github.com, without a slash at the end
	token  string
	client *http.Client
}

// patience is how long the API is waited for: what it tells is a remark, and no check waits for a remark.
const patience = 5 * time.Second

// maxState bounds what is read of an answer.
const maxState = 4 << 20

// PullsOf reads GITHUB_API_URL and GITHUB_TOKEN.
func PullsOf(getenv func(string) string) *Pulls {
	g := &Pulls{api: strings.TrimSuffix(getenv("GITHUB_API_URL"), "/"), token: getenv("GITHUB_TOKEN"),
		client: &http.Client{Timeout: patience, Transport: secret.Transport{}}}
	if g.api == "" {
		g.api = "https://api.github.com"
	}
	return g
}

// PullState asks what became of a pull request.
func (g *Pulls) State(ctx context.Context, p pullref.Ref) (PullState, error) {
	address := fmt.Sprintf("%s/repos/%s/%s/pulls/%s", g.api, p.Owner, p.Repo, p.Number)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return PullState{}, fmt.Errorf("asking for %s: %w", p, err)
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-Github-Api-Version", "2022-11-28")
	if g.token != "" && keepsSecrets(req.URL) {
		req.Header.Set("Authorization", "Bearer "+g.token)
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return PullState{}, fmt.Errorf("asking for %s: %w", p, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return PullState{}, fmt.Errorf("asking for %s: %s answers %s", p, req.URL.Host, resp.Status)
	}
	var said struct {
		State          string  `json:"state"`
		Merged         bool    `json:"merged"`
		MergeCommitSHA tree.ID `json:"merge_commit_sha"`
		Head           struct {
			SHA tree.ID `json:"sha"`
		} `json:"head"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxState)).Decode(&said); err != nil {
		return PullState{}, fmt.Errorf("reading what %s says of %s: %w", req.URL.Host, p, err)
	}
	out := PullState{Closed: said.State == "closed" && !said.Merged}
	if said.Head.SHA.Valid() {
		out.Head = said.Head.SHA
	}
	if said.Merged && said.MergeCommitSHA.Valid() {
		out.Merged = said.MergeCommitSHA
	}
	return out, nil
}

// keepsSecrets reports whether nobody on the way to an address can read along.
func keepsSecrets(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
