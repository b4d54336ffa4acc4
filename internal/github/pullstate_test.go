package github

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/tree"
)

func TestState(t *testing.T) {
	sha := strings.Repeat("1a", 20)
	answers := map[string]string{
		"1": `{"state":"open","merged":false,"merge_commit_sha":"` + sha + `","head":{"sha":"` + sha + `"}}`,
		"2": `{"state":"closed","merged":false,"head":{"sha":"` + sha + `"}}`,
		"3": `{"state":"closed","merged":true,"merge_commit_sha":"` + sha + `","head":{"sha":"x"}}`,
		"4": `{"state":"closed","merged":true,"merge_commit_sha":"../../x"}`,
		"5": `[]`,
	}
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Authorization"))
		answer, ok := answers[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]]
		if !ok {
			http.Error(w, "API rate limit exceeded", http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	env := map[string]string{"GITHUB_API_URL": server.URL + "/"}
	hub := PullsOf(func(name string) string { return env[name] })
	for number, want := range map[string]PullState{
		"1": {Head: tree.ID(sha)}, "2": {Closed: true, Head: tree.ID(sha)}, "3": {Merged: tree.ID(sha)}, "4": {},
	} {
		if got, err := hub.State(t.Context(), pullref.Ref{Owner: "o", Repo: "r", Number: number}); err != nil || got != want {
			t.Errorf("#%s: %+v, %v; want %+v", number, got, err, want)
		}
	}
	for _, number := range []string{"5", "6"} {
		if got, err := hub.State(t.Context(), pullref.Ref{Owner: "o", Repo: "r", Number: number}); err == nil {
			t.Errorf("#%s: %+v and no error", number, got)
		}
	}
	env["GITHUB_TOKEN"] = "t0ken"
	asked = nil
	if _, err := PullsOf(func(name string) string {
		return env[name]
	}).State(t.Context(), pullref.Ref{Owner: "o", Repo: "r", Number: "1"}); err != nil {
		t.Fatal(err)
	}
	if want := "/repos/o/r/pulls/1 Bearer t0ken"; len(asked) != 1 || asked[0] != want {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

// TestKeepsSecrets shows where a token may go.
func TestKeepsSecrets(t *testing.T) {
	for address, want := range map[string]bool{
		"https://api.github.com/x": true, "http://127.0.0.1:80/": true, "http://[::1]/": true, "http://localhost/": true,
		"http://api.github.com/": false, "http://10.0.0.1/": false, "http://127.0.0.1.example/": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := keepsSecrets(u); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}
