package registry

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// mostAtOnce is the largest blob that is sent in one PUT.
const mostAtOnce = 4 << 20

// send sends a blob's bytes with PATCH and then closes the upload with its digest. The specification requires only that
// a registry takes both in one PUT, so a registry that refuses PATCH gets that, and so do small blobs that are at hand,
// configurations and records: that saves a round trip, as containerd does it with every blob.
func (u *upload) send(ctx context.Context, repo *Repo, b Blob, location *url.URL) error {
	if _, noPatch := u.client.noPatch.Load(repo.registry); !noPatch && (b.Data == nil || len(b.Data) > mostAtOnce) {
		resp, err := u.sendBytes(ctx, repo, b, http.MethodPatch, location)
		if err == nil {
			if location, err = repo.location(resp); err == nil {
				err = u.closeUpload(ctx, repo, b, location)
			}
			return err
		}
		if !unsupported(err) {
			return err
		}
		u.client.noPatch.Store(repo.registry, true)
	}
	_, err := u.sendBytes(ctx, repo, b, http.MethodPut, withDigest(location, b))
	return err
}

// closeUpload ends an upload whose bytes the registry has.
func (u *upload) closeUpload(ctx context.Context, repo *Repo, b Blob, location *url.URL) error {
	resp, err := repo.sendTo(once(ctx), withDigest(location, b).String(), request{method: http.MethodPut, push: true,
		header: map[string]string{"Content-Type": "application/octet-stream"}, expect: wholeTaken})
	if err == nil {
		drain(resp)
	}
	return err
}

// The answers that say that bytes arrived: the specification has 202 for a part and 201 for the whole.
var (
	partTaken  = []int{http.StatusAccepted, http.StatusNoContent, http.StatusCreated}
	wholeTaken = []int{http.StatusCreated, http.StatusNoContent, http.StatusOK}
)

func withDigest(location *url.URL, b Blob) *url.URL {
	with := *location
	query := with.Query()
	query.Set("digest", b.Digest.String())
	with.RawQuery = query.Encode()
	return &with
}

// unsupported says that a registry does not know a method, whatever the bytes are.
func unsupported(err error) bool {
	s := status(err)
	return s == http.StatusMethodNotAllowed || s == http.StatusNotImplemented || has(err, transport.UnsupportedErrorCode)
}

// sendBytes sends a blob's bytes. The answer's body has been read.
func (u *upload) sendBytes(ctx context.Context, repo *Repo, b Blob, method string,
	to *url.URL) (*http.Response, error) {
	body := func() (io.ReadCloser, error) { return u.body(ctx, repo, b) }
	h, err := repo.login(ctx, request{push: true})
	if err != nil {
		return nil, err
	}
	first, err := body()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(once(ctx), method, to.String(), first)
	if err != nil {
		first.Close()
		return nil, err
	}
	req.ContentLength, req.GetBody = b.Size, body
	if b.Size == 0 {
		first.Close()
		req.Body, req.GetBody = http.NoBody, nil
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	taken := partTaken
	if method == http.MethodPut {
		taken = wholeTaken
	}
	resp, err := finish(h.Do(req))(taken...)
	if err != nil {
		if wrong := u.wrong(b); wrong != nil {
			return nil, wrong
		}
		return nil, err
	}
	drain(resp)
	return resp, nil
}
