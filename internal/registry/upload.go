package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"golang.org/x/sync/errgroup"

	"github.com/howdah/howdah/internal/fault"
)

// Delivery is a content and the image that it is for.
type Delivery struct {
	Image   string
	Content Content
}

// Outcome is what came of each registry: nil where all went well.
type Outcome map[Registry]error

// Upload brings deliveries to several registries at once, by digest: no tag is touched. What a registry has already is not sent
// again, a blob that two images share is sent once and mounted, and the disk is read once for all registries.
// Each registry goes its own way: one that fails does not hold up the others.
func (c *Client) Upload(ctx context.Context, to []Registry, what []Delivery) Outcome {
	u := &upload{client: c, what: what, open: map[v1.Hash]*held{}, noPatch: map[Registry]bool{}}
	u.plan(len(to))
	out, mu := Outcome{}, sync.Mutex{}
	var all sync.WaitGroup
	for _, r := range to {
		all.Go(func() {
			err := u.registry(ctx, r)
			mu.Lock()
			out[r] = err
			mu.Unlock()
		})
	}
	all.Wait()
	u.close()
	return out
}

// upload is one call of Upload.
type upload struct {
	client *Client
	what   []Delivery
	blobs  []destined

	mu      sync.Mutex
	open    map[v1.Hash]*held
	noPatch map[Registry]bool // registries that take a blob in one request only
}

// destined is a blob and the images that need it.
type destined struct {
	Blob
	images []string
}

// held is a blob's shared file; wanted counts the registries that are not done with it.
type held struct {
	once   sync.Once
	shared *shared
	err    error
	wanted int
}

func (u *upload) plan(registries int) {
	index := map[v1.Hash]int{}
	for _, d := range u.what {
		for _, b := range d.Content.Blobs {
			i, seen := index[b.Digest]
			if !seen {
				i = len(u.blobs)
				index[b.Digest] = i
				u.blobs = append(u.blobs, destined{Blob: b})
				u.open[b.Digest] = &held{wanted: registries}
			}
			if n := len(u.blobs[i].images); n == 0 || u.blobs[i].images[n-1] != d.Image {
				u.blobs[i].images = append(u.blobs[i].images, d.Image)
			}
		}
	}
}

func (u *upload) registry(ctx context.Context, r Registry) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(u.client.opt.Jobs)
	for _, b := range u.blobs {
		g.Go(func() error {
			defer u.done(b.Digest)
			for i, image := range b.images {
				repo, err := u.client.Repo(r, image)
				if err != nil {
					return err
				}
				from := ""
				if i > 0 {
					from = b.images[0]
				}
				if err := u.blob(gctx, repo, b.Blob, from, false); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, d := range u.what {
		repo, err := u.client.Repo(r, d.Image)
		if err != nil {
			return err
		}
		for _, m := range d.Content.Manifests {
			if err := u.manifest(ctx, repo, d.Content, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// blob brings one blob to one repository. force sends it even if the registry says that it is there.
func (u *upload) blob(ctx context.Context, repo *Repo, b Blob, mount string, force bool) error {
	tell := func(s Step) {
		u.client.opt.Progress(Event{Registry: repo.registry.String(), Image: repo.image, What: s, Name: b.Digest.String(), Bytes: b.Size})
	}
	w := newWait(&u.client.opt, repo.registry.String())
	w.begun = time.Time{} // a blob takes as long as it takes
	for {
		if !force {
			size, found, err := repo.BlobSize(ctx, b.Digest)
			if err != nil {
				return err
			}
			if found && (size == b.Size || size < 0) {
				if w.tries == 0 {
					tell(Present)
				} else {
					tell(Uploaded) // the answer was lost, not the blob
				}
				return nil
			}
		}
		mounted, err := u.try(ctx, repo, b, mount)
		if err == nil {
			if mounted {
				tell(Mounted)
			} else {
				tell(Uploaded)
			}
			return nil
		}
		if ctx.Err() != nil {
			return repo.fail("uploading "+b.Digest.String()+" to", true, context.Cause(ctx))
		}
		if final(err) && !(status(err) == http.StatusUnauthorized && w.tries == 0) { // a token may run out on the way
			return repo.fail("uploading "+b.Digest.String()+" to", true, err)
		}
		mount, force = "", false
		var a *answer
		asked := time.Duration(0)
		if errors.As(err, &a) {
			asked = retryAfter(a.after, time.Now())
		}
		if stop := w.next(ctx, asked, "an upload that broke off: "+clean(err.Error())); stop != nil {
			if errors.Is(stop, errSpent) {
				stop = err
			}
			return repo.fail("uploading "+b.Digest.String()+" to", true, stop)
		}
	}
}

// final says that beginning the upload anew would not help.
func final(err error) bool {
	var known *fault.Error
	if errors.As(err, &known) {
		return true
	}
	switch s := status(err); {
	case s == 0:
		return !temporary(err)
	case laterStatus(s):
		return false
	case s == http.StatusNotFound:
		return has(err, transport.NameUnknownErrorCode)
	case s == http.StatusRequestedRangeNotSatisfiable:
		return false
	case s == http.StatusBadRequest:
		return !has(err, transport.BlobUploadInvalidErrorCode, transport.BlobUploadUnknownErrorCode, transport.DigestInvalidErrorCode, transport.SizeInvalidErrorCode)
	}
	return true
}

// try makes one attempt: a session is opened, the bytes are sent, the session is closed with the digest.
func (u *upload) try(ctx context.Context, repo *Repo, b Blob, mount string) (mounted bool, err error) {
	q := request{method: http.MethodPost, path: "blobs/uploads/", push: true, expect: []int{http.StatusAccepted, http.StatusCreated}}
	if mount != "" {
		from, err := repo.registry.repository(mount)
		if err != nil {
			return false, err
		}
		q.from = from.RepositoryStr()
		q.query = url.Values{"mount": {b.Digest.String()}, "from": {q.from}}
	}
	resp, err := repo.send(ctx, q)
	if err != nil && mount != "" && ctx.Err() == nil {
		return u.try(ctx, repo, b, "") // some registries refuse what they could have declined
	}
	if err != nil {
		return false, err
	}
	drain(resp)
	if resp.StatusCode == http.StatusCreated {
		return true, nil
	}
	location, err := repo.location(resp)
	if err != nil {
		return false, err
	}
	return false, u.send(ctx, repo, b, location)
}

// location is where an upload goes on.
func (r *Repo) location(resp *http.Response) (*url.URL, error) {
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return nil, &refusal{why: fmt.Sprintf("the registry does not say where the upload goes on: %s", quote(resp.Header.Get("Location")))}
	}
	u = resp.Request.URL.ResolveReference(u)
	return u, r.registry.allow(u.Scheme, u.Hostname())
}

// CanPush asks whether an upload may begin, and takes it back.
func (r *Repo) CanPush(ctx context.Context) error {
	resp, err := r.send(ctx, request{method: http.MethodPost, path: "blobs/uploads/", push: true, expect: []int{http.StatusAccepted}})
	if err != nil {
		return r.fail("asking to push to", true, err)
	}
	drain(resp)
	location, err := r.location(resp)
	if err != nil {
		return nil // it may be pushed to; that it cannot be followed shows later
	}
	if resp, err = r.sendTo(once(ctx), location.String(), request{method: http.MethodDelete, push: true, expect: []int{http.StatusNoContent, http.StatusOK, http.StatusAccepted}}); err == nil {
		drain(resp)
	}
	return nil
}
