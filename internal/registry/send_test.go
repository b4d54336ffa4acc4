package registry

import (
	"net/http"
	"testing"

	rt "github.com/howdah/howdah/internal/registrytest"
)

// TestRegistryWithoutPatch uploads to registries that take a blob in one PUT only, as the specification allows.
func TestRegistryWithoutPatch(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]rt.Fault{
		"405":             rt.Status(http.StatusMethodNotAllowed, ""),
		"501":             rt.Status(http.StatusNotImplemented, ""),
		"400 UNSUPPORTED": rt.Status(http.StatusBadRequest, rt.Code("UNSUPPORTED", "send it whole")),
	} {
		t.Run(name, func(t *testing.T) {
			store := rt.NewStore()
			proxy := rt.New(t, store.Serve(t))
			proxy.Break(rt.Rule{Method: http.MethodPatch, Do: refusal})
			_, content := built(t, 6, 30<<10)
			c := newClient(t, Options{Jobs: 1})
			if err := deliver(t, c, parse(t, proxy.Address+"/owner"), content); err != nil {
				t.Fatal(err)
			}
			if missing := store.Lacks("owner/mastodon", "v1"); missing != "" {
				t.Errorf("the registry lacks %s", missing)
			}
			if asked := proxy.Requests("^PATCH"); len(asked) != 1 {
				t.Errorf("PATCH was tried %d times, expected once", len(asked))
			}
			if again := store.Repeated(); len(again) > 0 {
				t.Errorf("sent twice: %v", again)
			}
		})
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
