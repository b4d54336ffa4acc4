package release

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// Two release the same inputs in the same second, with other bytes. One has looked at the release's tag, and writes it
// when the other has released already: it gives the tag back. If it dies before, neither the next command of a
// person's nor a scheduled run takes the release for whole: each gets out.
func TestSameTagWrittenLate(t *testing.T) {
	images := `/mastodon(-streaming)?/manifests/2[0-9]{7}T[^/]*$`
	for _, test := range []struct {
		name  string
		until string // what the first must have written before the second writes its tag; "" is all
		dies  bool
		waits bool // a person, for the next run
	}{
		{"after all", "", false, false},
		{"after the record", `/mini-release/manifests/2[0-9]{7}T[^/]*-[0-9a-f]{8}$`, false, false},
		{"after edge", `/mastodon/manifests/edge$`, false, false},
		{"after all, and dies", "", true, true},
		{"after all, and dies, and nobody waits", "", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := rt.NewStore()
			backend := store.Serve(t)
			a, b := rt.New(t, backend), rt.New(t, backend)
			first, second := newSite(t, a.Address), newSite(t, b.Address)
			ctx, cancel := context.WithCancel(t.Context())
			written, waiting := make(chan struct{}), make(chan struct{})
			var once, ready sync.Once
			release := func() { once.Do(func() { close(written) }) }
			if test.until != "" {
				a.Break(rt.Rule{Method: http.MethodPut, Path: test.until,
					Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
						rt.Do(func() {})(w, r, pass)
						release()
					}})
			}
			b.Break(rt.Rule{Method: http.MethodPut, Path: images,
				Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
					ready.Do(func() { close(waiting) })
					<-written
					if test.dies {
						pass().Body.Close()
						cancel()
						b.Down()
						rt.Reset(w, r, pass)
						return
					}
					rt.Do(func() {})(w, r, pass)
				}})
			var both sync.WaitGroup
			var late *Result
			var lateErr error
			begins := make(chan struct{})
			var begun sync.Once
			a.Break(rt.Rule{Method: http.MethodPut, Path: "/mini-release/manifests/pending$",
				Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
					begun.Do(func() { close(begins) })
					<-waiting
					rt.Do(func() {})(w, r, pass)
				}})
			both.Go(func() {
				<-begins
				late, lateErr = second.release(ctx)
			})
			res, err := first.release(t.Context())
			release()
			both.Wait()
			if test.dies || test.until == "" {
				if err != nil || res.State != Done {
					t.Fatalf("the first: %+v, %v", res, err)
				}
			}
			if lateErr == nil || !test.dies && fault.CodeOf(lateErr) != fault.Retry {
				t.Errorf("the second: %+v, %v", late, lateErr)
			}
			third := newSite(t, backend)
			third.set.Attended = test.waits
			if res, err = third.release(t.Context()); err != nil {
				t.Fatalf("the next: %+v, %v", res, err)
			}
			third.whole(res.Record)
		})
	}
}

// A claim is no release: no command takes it for one, and it goes with its release.
func TestClaims(t *testing.T) {
	s, stores, _ := stored(t)
	first := s.must(Done).Record
	s.another(7)
	s.must(Done)
	store, repo := storeOf(s.client, s.set), "owner/mini-release"
	record := stores[0].Tags(repo)[first.Tag]
	own, other := claimTag(first.Tag, record), first.Tag+".0123456789ab"
	for _, st := range stores {
		st.SetTag(repo, other, record)
	}
	if got := stores[0].Tags(repo)[own]; got != record {
		t.Errorf("the claim %s stands for %q, expected %s", own, got, record)
	}
	k, err := store.Read(t.Context())
	if err != nil || len(k.Errors) > 0 {
		t.Fatal(k, err)
	}
	for _, claim := range []string{own, other} {
		_, err := store.Promote(t.Context(), claim, []string{"stable"}, Accept{}, false)
		if fault.CodeOf(err) != fault.Usage {
			t.Errorf("promoting %s: %v", claim, err)
		}
		if _, err := store.Rollback(t.Context(), claim, Accept{Reason: "x"}, s.now, true); fault.CodeOf(err) != fault.Usage {
			t.Errorf("going back to %s: %v", claim, err)
		}
		if _, err := store.Promote(t.Context(), "", []string{claim}, Accept{}, false); fault.CodeOf(err) != fault.Usage {
			t.Errorf("moving %s: %v", claim, err)
		}
	}
	if _, err := store.Prune(t.Context(), PruneOptions{Keep: 1, Now: s.now}); err != nil {
		t.Fatal(err)
	}
	for _, st := range stores {
		claims := 0
		for tag, digest := range st.Tags(repo) {
			if of := claimed(tag); of == first.Tag {
				t.Errorf("%s is left, for %s", tag, digest)
			} else if of != "" {
				claims++
			}
		}
		if claims != 1 {
			t.Errorf("%d claims of the newest release, expected 1", claims)
		}
	}
}
