package ship

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/address"
)

// TestGitHubPackages: what GitHub's API is asked to delete of ghcr.io, with which token; and nothing of others.
func TestGitHubPackages(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.EscapedPath()+" "+r.Header.Get("Authorization"))
		switch {
		case r.URL.Path == "/users/me":
			fmt.Fprint(w, `{"type":"User"}`)
		case r.Method == http.MethodGet:
			fmt.Fprint(w, `[{"id":1,"name":"sha256:aa","updated_at":"2026-05-01T12:00:00Z",
				"metadata":{"container":{"tags":["mastodon-linux-amd64"]}}},
				{"id":2,"name":"sha256:bb","updated_at":"2026-04-29T12:00:00Z"},
				{"id":3,"name":"sha256:cc","updated_at":"2026-05-01T11:00:00Z"}]`)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	defer server.Close()
	hub, err := address.Parse("ghcr.io/me/below")
	if err != nil {
		t.Fatal(err)
	}
	token := "right"
	of := func(context.Context, address.Registry) (string, error) { return token, nil }
	g := &githubPackages{api: server.URL, token: of, listed: map[string]githubPackage{}}
	old, err := g.untagged(t.Context(), hub, "mini-cache", time.Date(2026, 4, 30, 12, 0, 0, 0, time.UTC))
	if err != nil || !slices.Equal(old, []string{"sha256:bb"}) {
		t.Errorf("untagged for a day: %q, %v", old, err)
	}
	if gone, err := g.Delete(t.Context(), hub, "mini-cache", "sha256:bb"); err != nil || !gone {
		t.Errorf("%t, %v", gone, err)
	}
	if gone, err := g.Delete(t.Context(), hub, "mini-cache", "sha256:dd"); err != nil || !gone {
		t.Errorf("gone already: %t, %v", gone, err)
	}
	last := "DELETE /users/me/packages/container/below%2Fmini-cache/versions/2 Bearer right"
	if len(asked) != 3 || asked[2] != last { // whose the account is, and what it has, is asked once
		t.Errorf("asked %q, want the last to be %q", asked, last)
	}
	for _, other := range []string{"docker.io/me", "127.0.0.1:5000/me", "ghcr.io.example.org/me"} {
		r, err := address.Parse(other)
		if err != nil {
			t.Fatal(err)
		}
		gone, err := g.Delete(t.Context(), r, "mini-cache", "sha256:bb")
		none, listing := g.untagged(t.Context(), r, "mini-cache", time.Now())
		if gone || err != nil || len(none) > 0 || listing != nil || len(asked) != 3 {
			t.Errorf("%s: %t, %v; %q, %v; asked %q", other, gone, err, none, listing, asked)
		}
	}
	token = ""
	nobody := &githubPackages{api: server.URL, token: of, listed: map[string]githubPackage{}}
	if _, err := nobody.Delete(t.Context(), hub, "mini-cache", "sha256:bb"); err == nil ||
		!strings.Contains(err.Error(), "GITHUB_TOKEN is not set") {
		t.Errorf("nobody: %v", err)
	}
	token = "of docker login"
	_, err = nobody.Delete(t.Context(), hub, "mini-cache", "sha256:bb")
	if last := asked[len(asked)-1]; err != nil || !strings.HasSuffix(last, "Bearer of docker login") {
		t.Errorf("with a password: asked %q, %v", last, err)
	}
}
