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

// Unsure means that a registry wrote, or may have written, what it was asked to: its answer was lost, and it cannot
// be asked now.
type Unsure struct{ err error }

func (u *Unsure) Error() string { return u.err.Error() }
func (u *Unsure) Unwrap() error { return u.err }

// look limits the time of the question after an interrupted request.
const look = 1500 * time.Millisecond

// Put writes a manifest under a tag, or under its digest. After an error or a lost answer it asks the registry what
// it has, because an error does not mean that nothing was written. A registry refuses to write an immutable tag twice
// (403 at Docker Hub, 400 at ECR), so this answer to a second try may follow a successful first one. If it cannot be
// found out, the error contains an [Unsure].
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
	switch written, herr := r.pointsTo(asking, ref, m, mayLag); {
	case written && ctx.Err() == nil:
		return nil
	case written, herr != nil && fault.CodeOf(herr) != fault.Auth: // it refuses both: nothing is written
		return &Unsure{failed}
	}
	return failed
}

// pointsTo reports whether a tag points to a manifest. If the answer to a write was lost and mayLag is set, it asks
// again within the budget of one request, since reads may lag behind writes.
func (r *Repo) pointsTo(ctx context.Context, tag string, m content.Manifest, mayLag bool) (bool, error) {
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
