package registry

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/roundtrip"
)

// Unsure says that a registry wrote what it was asked to, or may have: its answer was lost, and it cannot be asked now.
type Unsure struct{ err error }

func (u *Unsure) Error() string { return u.err.Error() }
func (u *Unsure) Unwrap() error { return u.err }

// look bounds the question after a request that was interrupted.
const look = 1500 * time.Millisecond

// Put writes a manifest under a tag, or under its digest. When the answer is an error, or lost, the registry is asked
// what it has: an error does not mean that nothing happened. A registry refuses to write an immutable tag twice (403 at
// Docker Hub, 400 at ECR), so such an answer to a second try may follow a first one that was taken. Where nobody can
// tell, the error holds an [Unsure].
func (r *Repo) Put(ctx context.Context, ref string, m content.Manifest) error {
	lost := &atomic.Bool{}
	err := r.put(context.WithValue(ctx, lostKey{}, lost), ref, m)
	if err == nil {
		return nil
	}
	failed := r.fail(ctx, "writing "+ref+" to", true, err)
	asking := ctx
	if ctx.Err() != nil { // the request may have been on its way
		var cancel context.CancelFunc
		asking, cancel = context.WithTimeout(context.WithoutCancel(ctx), look)
		defer cancel()
	}
	mayLag := lost.Load() && ctx.Err() == nil && !lacking(err)
	switch written, herr := r.standsFor(asking, ref, m, mayLag); {
	case written && ctx.Err() == nil:
		return nil
	case written, herr != nil && fault.CodeOf(herr) != fault.Auth: // a registry that refuses both took neither
		return &Unsure{failed}
	}
	return failed
}

// standsFor reports whether a tag stands for a manifest. Where the answer to a try that wrote it was lost and mayLag is
// set, it is asked again within the budget of one request: a registry's reads may lag behind its writes.
func (r *Repo) standsFor(ctx context.Context, tag string, m content.Manifest, mayLag bool) (bool, error) {
	w := newWait(&r.client.opt, r.registry.String())
	for {
		digest, found, err := r.Head(ctx, tag)
		written := found && digest == m.Digest.String()
		if written || err != nil || !mayLag || w.next(ctx, 0, "a tag that may have been written") != nil {
			return written, err
		}
	}
}

func (r *Repo) put(ctx context.Context, ref string, m content.Manifest) error {
	resp, err := r.send(ctx, request{method: http.MethodPut, path: "manifests/" + ref, body: m.Data, push: true,
		header: map[string]string{"Content-Type": string(m.Type)},
		expect: []int{http.StatusCreated, http.StatusOK, http.StatusAccepted}})
	if err == nil {
		roundtrip.Drain(resp)
	}
	return err
}
