package registry

import (
	"context"
	"errors"
	"slices"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/goroutine"
)

// Readback says what Deliver reads back, and what it does at the same time.
type Readback struct {
	// Known returns which blobs an earlier release has read back at a registry: of these, only the first byte is
	// read. It may be nil.
	Known func(address.Registry) func(v1.Hash) bool

	// New says that nobody has uploaded this before: uploads of small blobs then start while the registry is asked
	// whether it has them, which saves a round trip.
	New bool

	// Uploaded is called once for each registry that has everything, while the end of it is read back. It may be nil.
	Uploaded func(context.Context, address.Registry) error
}

// Deliver uploads as [Client.Upload] does, and reads everything back as [Client.Verify] does, each blob and manifest
// as soon as it is there. An outcome has a [Flaw] for each blob or manifest that has to be uploaded again.
func (c *Client) Deliver(ctx context.Context, to []address.Registry, what []Delivery, o Readback) Outcome {
	u := &upload{client: c, what: what, open: map[v1.Hash]*openBlob{},
		readings: map[address.Registry]map[string]*reading{},
		fresh:    o.New}
	for _, r := range to {
		u.readings[r] = map[string]*reading{}
	}
	return u.everywhere(to, func(r address.Registry) error {
		rctx, cancel := context.WithCancel(ctx)
		defer cancel()
		bodies := make(chan struct{}, c.opt.jobs)
		var known func(v1.Hash) bool
		if o.Known != nil {
			known = o.Known(r)
		}
		for _, d := range what {
			repo, err := c.Repo(r, d.Image)
			if err != nil {
				return err
			}
			u.readings[r][d.Image] = c.read(rctx, repo, known, bodies)
		}
		err := u.registry(ctx, r)
		if err == nil && o.Uploaded != nil {
			err = o.Uploaded(ctx, r)
		}
		if err != nil {
			cancel()
		}
		errs := []error{err}
		for _, reading := range u.readings[r] {
			if rerr := reading.wait(); err == nil {
				errs = append(errs, rerr)
			}
		}
		return errors.Join(errs...)
	})
}

// reading is a delivery that is read back from one repository. A nil reading reads nothing.
type reading struct {
	repo   *Repo
	known  func(v1.Hash) bool
	bodies chan struct{} // limits how many blobs are read at once
	base   context.Context
	ctx    context.Context // cancelled by the first failure
	group  *goroutine.Group

	mu     sync.Mutex
	flaws  []failedRead
	mended bool // the registry reported what it lacks, and received it: the flaws may be gone
}

// failedRead is something that a registry could not serve.
type failedRead struct {
	again func(context.Context) error // reads it again
	err   error
}

func (c *Client) read(ctx context.Context, repo *Repo, known func(v1.Hash) bool, bodies chan struct{}) *reading {
	r := &reading{repo: repo, known: known, bodies: bodies, base: ctx}
	r.group, r.ctx = goroutine.WithContext(ctx)
	return r
}

// wait waits until everything is read. The error has a [Flaw] for each blob or manifest that has to be uploaded
// again.
func (r *reading) wait() error {
	errs := []error{r.group.Wait()}
	for _, f := range r.flaws {
		if r.mended {
			f.err = f.again(r.base)
		}
		errs = append(errs, f.err)
	}
	return errors.Join(errs...)
}

func (r *reading) check(do func(context.Context) error) {
	r.group.Go(func() error {
		err := r.repo.UntilPresent(r.ctx, do)
		if len(Flaws(err)) == 0 {
			return err
		}
		r.mu.Lock()
		r.flaws = append(r.flaws, failedRead{do, err})
		r.mu.Unlock()
		return nil
	})
}

// mend reads again what a manifest names, after some of it was uploaded again: what was read before may have been
// lost since.
func (r *reading) mend(c content.Content, m content.Manifest) {
	if r == nil {
		return
	}
	r.mu.Lock()
	r.mended = true
	r.mu.Unlock()
	for _, b := range c.Blobs {
		if m.Type.IsIndex() || slices.Contains(m.Blobs, b.Digest) {
			r.blob(b)
		}
	}
	for _, child := range c.Manifests {
		if m.Type.IsIndex() && child.Digest != m.Digest {
			r.manifest(child)
		}
	}
}

// manifest starts to read a manifest.
func (r *reading) manifest(m content.Manifest) {
	if r != nil {
		r.check(func(ctx context.Context) error { return r.repo.sameManifest(ctx, m) })
	}
}

// readBefore reports whether a blob was read back before, so that its first byte is enough.
func (r *reading) readBefore(h v1.Hash) bool { return r != nil && r.known != nil && r.known(h) }

// blob starts to read a blob.
func (r *reading) blob(b content.Blob) {
	if r == nil {
		return
	}
	r.check(func(ctx context.Context) (err error) {
		if r.readBefore(b.Digest) {
			err = r.repo.Touch(ctx, b)
		} else {
			err = r.readWhole(ctx, b)
		}
		if err == nil {
			r.verified(b)
		}
		return err
	})
}

// readWhole reads every byte of a blob, when it is its turn.
func (r *reading) readWhole(ctx context.Context, b content.Blob) error {
	select {
	case r.bodies <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-r.bodies }()
	return r.repo.read(ctx, b, &counting{repo: r.repo, digest: b.Digest})
}

// verified reports that a blob was served.
func (r *reading) verified(b content.Blob) {
	r.repo.client.opt.Progress(Event{Registry: r.repo.registry.String(), image: r.repo.image, What: Verified,
		Name: b.Digest.String(), Bytes: b.Size})
}

// counting reports the bytes that are read.
type counting struct {
	repo   *Repo
	digest v1.Hash
}

func (c *counting) Reset() {}

func (c *counting) Write(p []byte) (int, error) {
	c.repo.client.opt.Progress(Event{Registry: c.repo.registry.String(), image: c.repo.image, What: Read,
		Name: c.digest.String(), Bytes: int64(len(p))})
	return len(p), nil
}
