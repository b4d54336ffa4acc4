package registry

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/roundtrip"
)

// wholeTaken are the answers that say that a blob arrived: the specification has 201, some registries another.
var wholeTaken = []int{http.StatusCreated, http.StatusNoContent, http.StatusOK}

// send sends a blob's bytes and closes its upload in one PUT. The specification requires that every registry takes
// that; containerd and BuildKit send every blob so. It is one round trip less than a PATCH and a PUT.
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
