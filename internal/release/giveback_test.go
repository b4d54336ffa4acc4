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
// when the other has released already: it gives the tag back. If it dies before, the next command of a person's does
// not take the release for whole, and gets out.
func TestSameTagWrittenLate(t *testing.T) {
	images := `/mastodon(-streaming)?/manifests/2[0-9]{7}T[^/]*$`
	for _, test := range []struct {
		name  string
		until string // what the first must have written before the second writes its tag; "" is all
		dies  bool
	}{
		{"after all", "", false},
		{"after the record", `/mini-release/manifests/2[0-9]{7}T[^/]*$`, false},
		{"after edge", `/mastodon/manifests/edge$`, false},
		{"after all, and dies", "", true},
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
			third.set.Attended = test.dies
			if res, err = third.release(t.Context()); err != nil {
				t.Fatalf("the next: %+v, %v", res, err)
			}
			third.whole(res.Record)
		})
	}
}
