package registry

import (
	"net/http"
	"testing"

	rt "github.com/howdah/howdah/internal/registrytest"
)

// TestBlobsAreSentWhole uploads to a registry that takes a blob in one PUT only, as the specification allows: two
// requests a blob, and each once.
func TestBlobsAreSentWhole(t *testing.T) {
	t.Parallel()
	store := rt.NewStore()
	proxy := rt.New(t, store.Serve(t))
	proxy.Break(rt.Rule{Method: http.MethodPatch, Do: rt.Status(http.StatusMethodNotAllowed, "")})
	_, content := built(t, 6, 30<<10)
	if err := deliver(t, newClient(t, Options{}), parse(t, proxy.Address+"/owner"), content); err != nil {
		t.Fatal(err)
	}
	if missing := store.Lacks("owner/mastodon", "v1"); missing != "" {
		t.Errorf("the registry lacks %s", missing)
	}
	asked := proxy.Requests("^(POST|PATCH|PUT) .*/blobs/")
	if want := 2 * len(content.Blobs); len(asked) != want {
		t.Errorf("%d requests for %d blobs, expected %d: %q", len(asked), len(content.Blobs), want, asked)
	}
	if again := store.Repeated(); len(again) > 0 {
		t.Errorf("sent twice: %v", again)
	}
}

// TestCollectedBetweenUploads lets a registry collect its garbage before each manifest in turn: what it lost is sent
// again, and nothing else.
func TestCollectedBetweenUploads(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 2; n++ { // the image's manifest, the index
		store := rt.NewStore()
		proxy := rt.New(t, store.Serve(t))
		lost := ""
		proxy.Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/sha256", From: n, Count: 1, Do: rt.Do(func() {
			if n == 2 {
				store.Collect() // the image's manifest too
			} else if blobs := store.Blobs("owner/mastodon"); lost == "" {
				lost = blobs[0]
				store.PutBlob("owner/mastodon", lost, nil)
			}
		})})
		_, content := built(t, 3, 10<<10)
		if err := deliver(t, newClient(t, Options{}), parse(t, proxy.Address+"/owner"), content); err != nil {
			t.Fatalf("before manifest %d: %v", n, err)
		}
		if missing := store.Lacks("owner/mastodon", "v1"); missing != "" {
			t.Errorf("before manifest %d: the registry lacks %s", n, missing)
		}
		if again := store.Repeated(); len(again) > 0 {
			t.Errorf("before manifest %d: sent twice, though it was there: %v", n, again)
		}
	}
}
