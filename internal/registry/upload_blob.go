package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/roundtrip"
)

// blob uploads one blob to one repository; with force even if the registry says that it has it.
func (u *upload) blob(ctx context.Context, repo *Repo, b content.Blob, force bool) error {
	if !force {
		size, found, err := repo.blobSize(ctx, b.Digest)
		if err != nil {
			return err
		}
		if found && (size == b.Size || size < 0) {
			return nil
		}
	}
	return u.absent(ctx, &place{repo: repo}, b, "")
}

// absent uploads a blob that a repository lacks, or mounts it from a sibling. After an interrupted try it first asks
// whether the blob is there: only the answer may have been lost.
func (u *upload) absent(ctx context.Context, p *place, b content.Blob, mount string) error {
	repo, location := p.repo, p.begun[b.Digest]
	report := func(s Step) { u.report(repo, s, b.Digest, b.Size) }
	w := newWait(&u.client.opt, repo.registry.String())
	w.begun = time.Time{} // uploads have no time limit
	for {
		if w.tries > 0 {
			size, found, err := repo.blobSize(ctx, b.Digest)
			if err != nil {
				return err
			}
			if found && (size == b.Size || size < 0) {
				report(Uploaded)
				return nil
			}
		}
		mounted, err := u.try(ctx, repo, b, location, mount)
		if err == nil {
			if mounted {
				report(Mounted)
			} else {
				report(Uploaded)
			}
			return nil
		}
		if ctx.Err() != nil {
			return repo.fail(ctx, "uploading "+b.Digest.String()+" to", true, context.Cause(ctx))
		}
		if final(err) && !(status(err) == http.StatusUnauthorized && w.tries == 0) { // a token may expire during an upload
			return repo.fail(ctx, "uploading "+b.Digest.String()+" to", true, err)
		}
		mount, location = "", nil
		var a *answer
		asked := time.Duration(0)
		if errors.As(err, &a) {
			asked = retryAfter(a.after, time.Now())
		}
		if stop := w.next(ctx, asked, "an upload that broke off: "+clean(err.Error())); stop != nil {
			if errors.Is(stop, errSpent) {
				stop = err
			}
			return repo.fail(ctx, "uploading "+b.Digest.String()+" to", true, stop)
		}
	}
}

// final reports whether starting the upload again would not help.
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
		return !has(err, transport.BlobUploadInvalidErrorCode, transport.BlobUploadUnknownErrorCode,
			transport.DigestInvalidErrorCode, transport.SizeInvalidErrorCode)
	}
	return true
}

// try makes one attempt: it starts an upload, unless one is open at a location, and sends the bytes.
func (u *upload) try(ctx context.Context, repo *Repo, b content.Blob, location *url.URL,
	mount string) (mounted bool, err error) {
	if location == nil {
		if location, mounted, err = repo.begin(ctx, &b, mount); err != nil || mounted {
			return mounted, err
		}
	}
	return false, u.send(ctx, repo, b, location)
}

// begin starts an upload, or mounts a blob from a sibling.
func (r *Repo) begin(ctx context.Context, b *content.Blob, mount string) (location *url.URL, mounted bool, err error) {
	q := request{method: http.MethodPost, path: "blobs/uploads/", push: true,
		expect: []int{http.StatusAccepted, http.StatusCreated}}
	if mount != "" {
		from, err := r.registry.Repository(mount)
		if err != nil {
			return nil, false, err
		}
		q.from = from.RepositoryStr()
		q.query = url.Values{"mount": {b.Digest.String()}, "from": {q.from}}
	}
	resp, err := r.send(ctx, q)
	if err != nil && mount != "" && ctx.Err() == nil {
		return r.begin(ctx, b, "") // some registries refuse a mount that they could have declined
	}
	if err != nil {
		return nil, false, err
	}
	roundtrip.Drain(resp)
	if resp.StatusCode == http.StatusCreated {
		return nil, true, nil
	}
	location, err = r.location(resp)
	return location, false, err
}

// location returns the address at which an upload continues.
func (r *Repo) location(resp *http.Response) (*url.URL, error) {
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return nil,
			&roundtrip.Refusal{Why: fmt.Sprintf("the registry does not say where to continue the upload: %s",
				quote(resp.Header.Get("Location")))}
	}
	u = resp.Request.URL.ResolveReference(u)
	return u, roundtrip.Allow(r.registry, u)
}

// cancelTime limits the time for cancelling an upload that was only started.
const cancelTime = 10 * time.Second

// CanPush asks whether an upload may start, and cancels it. Only [Client.Close] waits for the answer to the latter.
func (r *Repo) CanPush(ctx context.Context) error {
	resp, err := r.send(ctx, request{method: http.MethodPost, path: "blobs/uploads/", push: true,
		expect: []int{http.StatusAccepted}})
	if err != nil {
		return r.fail(ctx, "asking for the right to push to", true, err)
	}
	roundtrip.Drain(resp)
	location, err := r.location(resp)
	if err != nil {
		return nil // pushing is allowed; a bad address is reported later
	}
	r.cancelUpload(ctx, location)
	return nil
}

// cancelUpload cancels an upload of which nothing was sent. Only [Client.Close] waits for it.
func (r *Repo) cancelUpload(ctx context.Context, location *url.URL) {
	r.client.background.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelTime)
		defer cancel()
		resp, err := r.sendTo(once(ctx), location.String(), request{method: http.MethodDelete, push: true,
			expect: []int{http.StatusNoContent, http.StatusOK, http.StatusAccepted}})
		if err == nil {
			roundtrip.Drain(resp)
		}
	})
}
