package release

import (
	"net/http"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// kinds are the registries that a release has to get along with.
var kinds = map[string]func(*testing.T) string{
	"ggcr":         memory,    // takes manifests without their blobs
	"distribution": serve,     // the library, with its store on disk
	"debian":       rt.Debian, // an older version, as a program
	"strict":       strict,    // OCI 1.1, in memory
	"quirks": func(t *testing.T) string { // what some registry or other lacks, all at once
		store := rt.NewStore()
		return rt.Serve(t,
			&rt.Faulty{Store: store, Quirks: []string{"list unsorted", "no mount", "no digest header", "no DELETE"}})
	},
}

// TestRegistries takes releases through their life at each kind of registry.
func TestRegistries(t *testing.T) {
	t.Parallel()
	for name, start := range kinds {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name == "distribution" {
				t.Skip("distribution's library is in Debian's program too")
			}
			t.Parallel()
			live(t, rt.New(t, start(t)))
		})
	}
}

// live releases, breaks off, resumes, promotes, rolls back, mends and prunes.
func live(t *testing.T, proxy *rt.Proxy) {
	s := newSite(t, proxy.Address)
	ctx, at := t.Context(), s.set.Registries[0]
	first := s.must(Done).Record
	s.whole(first)
	s.must(Unchanged)

	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
	proxy.Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/edge", Do: rt.Status(http.StatusServiceUnavailable, "")})
	if res, err := s.release(ctx); fault.CodeOf(err) != fault.Partial || res.State != partial {
		t.Fatalf("a release that breaks off: %+v, %v", res, err)
	}
	proxy.Mend()
	proxy.Forget()
	s.pullable()
	res, err := storeOf(s.client, s.set).Resume(ctx, Hooks{}, false)
	if err != nil || res.State != Done {
		t.Fatalf("resume: %+v, %v", res, err)
	}
	second := res.Record
	s.whole(second)
	if sent := proxy.Requests("^PUT .*/mastodon[^/]*/blobs/"); len(sent) > 0 {
		t.Errorf("uploaded again: %v", sent)
	}

	if res, err = storeOf(s.client, s.set).Promote(ctx, "", []string{"stable"}, Accept{}, false); err != nil ||
		res.State != Done {
		t.Fatalf("promote: %+v, %v", res, err)
	}
	if got := s.tags(at); got["mastodon:stable"] != second.Images[0].Digest ||
		got["mastodon-streaming:stable"] != second.Images[1].Digest {
		t.Errorf("stable stands for %v", got)
	}

	res, err = storeOf(s.client, s.set).Rollback(ctx, "", Accept{Reason: "broken"}, s.now.Add(time.Hour), false)
	if err != nil || res.State != Done || res.Record.Of != first.Tag {
		t.Fatalf("rollback: %+v, %v", res, err)
	}
	s.whole(res.Record)
	s.now = s.now.Add(2 * time.Hour)
	s.upstream("9ef9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	s.must(Held)
	if _, err := storeOf(s.client, s.set).Hold(ctx, false, "", s.now); err != nil {
		t.Fatal(err)
	}
	third := s.must(Done).Record
	s.whole(third)

	repo, err := s.client.Repo(at, "mastodon-streaming")
	if err != nil {
		t.Fatal(err)
	}
	old, _, err := repo.Get(ctx, second.Images[1].Digest)
	if err == nil {
		_, err = repo.Move(ctx, "edge", old) // somebody else's doing
	}
	if err != nil {
		t.Fatal(err)
	}
	if st, err := storeOf(s.client, s.set).Status(ctx, "", true); err != nil || st.State != partial {
		t.Errorf("a tag that somebody moved: %+v, %v", st, err)
	}
	if res, err = storeOf(s.client, s.set).Resume(ctx, Hooks{}, false); err != nil || res.State != Done {
		t.Fatalf("resume after a tag was moved: %+v, %v", res, err)
	}
	s.whole(third)

	gone, err := storeOf(s.client, s.set).Prune(ctx, PruneOptions{Keep: 1, Now: s.now})
	if err != nil || len(gone) == 0 {
		t.Errorf("prune: %+v, %v", gone, err)
	}
	s.pullable()
	s.must(Unchanged)
	if st, err := storeOf(s.client, s.set).Status(ctx, "", true); err != nil || st.State != Done {
		t.Errorf("at the end: %+v, %v", st, err)
	}
}
