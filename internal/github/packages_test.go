package github

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// packages is GitHub's API with one organisation that keeps 101 manifests of one image.
type packages struct {
	deleted []string
	refuses int // the status of each deletion; 0: done
}

func (p *packages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const versions = "/orgs/masto/packages/container/below%2Fmastodon/versions"
	path := r.URL.EscapedPath()
	switch {
	case r.Header.Get("Authorization") != "Bearer right":
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message":"Resource not accessible by integration"}`)
	case path == "/users/masto":
		fmt.Fprint(w, `{"type":"Organization"}`)
	case path == "/users/me":
		fmt.Fprint(w, `{"type":"User"}`)
	case path == "/users/me/packages/container/mastodon/versions":
		fmt.Fprint(w, `[{"id":7,"name":"sha256:77","metadata":{"container":{"tags":["edge"]}}}]`)
	case path == versions && r.Method == http.MethodGet:
		from, to := 0, 100
		if r.URL.Query().Get("page") == "2" {
			from, to = 100, 101
		}
		var list []string
		for i := from; i < to; i++ {
			list = append(list, fmt.Sprintf(`{"id":%d,"name":"sha256:%d","updated_at":"2026-05-0%dT12:00:00Z"}`, i, i, i%9+1))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
	case strings.HasPrefix(path, versions+"/") && r.Method == http.MethodDelete && p.refuses != 0:
		w.WriteHeader(p.refuses)
		fmt.Fprint(w, `{"message":"Publicly visible package versions with more than 5000 downloads cannot be deleted."}`)
	case strings.HasPrefix(path, versions+"/") && r.Method == http.MethodDelete:
		p.deleted = append(p.deleted, strings.TrimPrefix(path, versions+"/"))
		w.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(w, r)
	}
}

func TestPackages(t *testing.T) {
	api := &packages{}
	server := httptest.NewServer(api)
	defer server.Close()
	p := NewPackages(server.URL+"/", "right")
	all, err := p.Versions(t.Context(), "masto", "below/mastodon")
	if err != nil || len(all) != 101 || all[100].Digest != "sha256:100" || all[100].Updated.Day() != 2 {
		t.Fatalf("%d manifests, %v", len(all), err)
	}
	if err := p.Delete(t.Context(), all[100]); err != nil || len(api.deleted) != 1 ||
		api.deleted[0] != "100" {
		t.Errorf("%v, %v", api.deleted, err)
	}
	mine, err := p.Versions(t.Context(), "me", "mastodon")
	if err != nil || len(mine) != 1 || len(mine[0].Tags) != 1 || mine[0].Tags[0] != "edge" {
		t.Errorf("%+v, %v", mine, err)
	}
	api.refuses = http.StatusNotFound
	if err := p.Delete(t.Context(), all[0]); err != nil {
		t.Errorf("what is gone already: %v", err)
	}
	api.refuses = http.StatusBadRequest
	if err := p.Delete(t.Context(), all[0]); err == nil ||
		!strings.Contains(err.Error(), "5000 downloads") {
		t.Errorf("what is downloaded a lot: %v", err)
	}
	_, err = NewPackages(server.URL, "wrong").Versions(t.Context(), "masto", "mastodon")
	if fault.CodeOf(err) != fault.Auth || !strings.Contains(fault.HintOf(err).String(), "delete:packages") {
		t.Errorf("%v (%d), hint %q", err, fault.CodeOf(err), fault.HintOf(err))
	}
	if _, err = p.Versions(t.Context(), "nobody", "mastodon"); err == nil || errors.Is(err, t.Context().Err()) {
		t.Errorf("an owner that there is not: %v", err)
	}
}
