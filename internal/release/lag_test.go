package release

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	rt "github.com/howdah/howdah/internal/registrytest"
)

// another makes the candidate one of other inputs, with other images.
func (s *site) another(n int) {
	s.t.Helper()
	s.upstream(fmt.Sprintf("%09x%031d", n, 0), "4.6.0-alpha.7")
	s.cand.Images = map[string]string{"mastodon": fmt.Sprintf("sha256:%064d", n),
		"mastodon-streaming": fmt.Sprintf("sha256:%064d", n+1000)}
	s.images = []Image{build(s.t, "mastodon"), build(s.t, "mastodon-streaming")}
}

// stale answers every request as the first one of its path was answered.
func stale(answers map[string]string) rt.Fault {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
		mu.Lock()
		defer mu.Unlock()
		if _, found := answers[r.URL.Path]; !found {
			body, _ := io.ReadAll(pass().Body)
			answers[r.URL.Path] = string(body)
		}
		_, _ = io.WriteString(w, answers[r.URL.Path])
	}
}

// A list of tags that lags, or is cut off, moves no tag back, and what was just released is not released again.
func TestTagListThatLags(t *testing.T) {
	empty := func(w http.ResponseWriter, _ *http.Request, _ func() *http.Response) {
		_, _ = io.WriteString(w, `{"tags":[]}`)
	}
	for name, list := range map[string]rt.Fault{"stale": stale(map[string]string{}), "empty": empty} {
		t.Run(name, func(t *testing.T) {
			s, a, b := proxied(t)
			s.must(Done)
			for _, p := range []*rt.Proxy{a, b} {
				p.Break(rt.Rule{Method: http.MethodGet, Path: "/tags/list", Do: list})
			}
			for n := range 2 {
				s.another(7 + n)
				rec := s.must(Done).Record
				if again := s.must(Unchanged); again.Record.Tag != rec.Tag {
					t.Errorf("unchanged is %s, released was %s", again.Record.Tag, rec.Tag)
				}
				s.whole(rec)
			}
			now := s.now.Add(time.Minute)
			res, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, now, false)
			a.Mend()
			b.Mend()
			if name == "stale" && (err != nil || res.State != Done) {
				t.Errorf("rollback: %v", err)
			}
			if err == nil {
				s.whole(res.Record)
			}
		})
	}
}

// A hold counts though the list of tags does not show it yet.
func TestHoldThatIsNotListed(t *testing.T) {
	s, a, b := proxied(t)
	s.must(Done)
	for _, p := range []*rt.Proxy{a, b} {
		p.Break(rt.Rule{Method: http.MethodGet, Path: "/tags/list", Do: stale(map[string]string{})})
	}
	s.must(Unchanged)
	if _, err := storeOf(s.client, s.set).Hold(t.Context(), true, "x", s.now); err != nil {
		t.Fatal(err)
	}
	s.another(7)
	s.must(Held)
}

// What was just written and cannot be read yet is waited for.
func TestReadThatLags(t *testing.T) {
	for name, path := range map[string]string{"immutable": releaseTag, "moving": "/manifests/edge",
		"record": "/manifests/current", "manifest": "/manifests/sha256", "blob": "/blobs/sha256"} {
		t.Run(name, func(t *testing.T) {
			s, _, b := proxied(t)
			s.must(Done)
			s.another(7)
			from := 1
			if path == "/manifests/current" {
				from = 2 // the first reads what was released before
			}
			b.Break(rt.Rule{Method: http.MethodGet, Path: path, From: from, Count: 1,
				Do: rt.Status(404, rt.Code("MANIFEST_UNKNOWN", "not yet"))})
			s.whole(s.must(Done).Record)
		})
	}
}

// A registry of the first OCI specification sends pages without a Link; the newest releases are on the second.
func TestReleasesBeyondAPageWithoutLink(t *testing.T) {
	store := rt.NewStore()
	s := newSite(t, rt.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		store.ServeHTTP(rec, r)
		for k, v := range rec.Result().Header {
			if k != "Link" {
				w.Header()[k] = v
			}
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	})))
	s.must(Done)
	for _, name := range []string{"owner/mastodon", "owner/mastodon-streaming", "owner/mini-release"} {
		for _, digest := range store.Tags(name) {
			for i := range 1000 {
				store.SetTag(name, fmt.Sprintf("%s-4.6.0-alpha.7-g%09x-%08x", day.Add(-time.Duration(i+2)*time.Hour).
					Format("20060102T150405Z"), i, i), digest)
			}
			break
		}
	}
	s.another(7)
	rec := s.must(Done).Record
	s.whole(rec)
	if again := s.must(Unchanged); again.Record.Tag != rec.Tag {
		t.Errorf("unchanged is %s, released was %s", again.Record.Tag, rec.Tag)
	}
}
