package registry

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/roundtrip"
)

// wholeTaken are the statuses that confirm a blob: the specification has 201, some registries use another.
var wholeTaken = []int{http.StatusCreated, http.StatusNoContent, http.StatusOK}

// send uploads a blob's bytes in one PUT. The specification requires every registry to accept that, and containerd
// and BuildKit send every blob this way. It saves the round trip of a PATCH.
func (u *upload) send(ctx context.Context, repo *Repo, b content.Blob, location *url.URL) error {
	body := func() (io.ReadCloser, error) { return u.body(ctx, repo, b) }
	h, err := repo.login(ctx, request{push: true})
	if err != nil {
		return err
	}
	first, err := body()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(once(ctx), http.MethodPut, withDigest(location, b).String(), first)
	if err != nil {
		first.Close()
		return err
	}
	req.ContentLength, req.GetBody = b.Size, body
	if b.Size == 0 {
		first.Close()
		req.Body, req.GetBody = http.NoBody, nil
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := finish(h.Do(req))(wholeTaken...)
	if err != nil {
		if wrong := u.wrong(b); wrong != nil {
			return wrong
		}
		return err
	}
	roundtrip.Drain(resp)
	return nil
}

func withDigest(location *url.URL, b content.Blob) *url.URL {
	with := *location
	query := with.Query()
	query.Set("digest", b.Digest.String())
	with.RawQuery = query.Encode()
	return &with
}
