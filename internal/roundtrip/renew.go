package roundtrip

import (
	"context"
	"net/http"
	"strings"
)

// Renewal sends a request once more, with a token that no other request has, where a registry refuses the token that
// the requests of a login share. go-containerregistry fetches a new one after the first refusal, but a token may be
// good for a few requests, or for a few seconds: others may use it up before this request is sent.
type Renewal struct {
	Next  http.RoundTripper
	Login func(context.Context) (http.RoundTripper, error)
}

func (n *Renewal) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.Next.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !wantsToken(resp) || !repeatable(r) {
		return resp, err
	}
	own, err := n.Login(r.Context())
	if err != nil {
		return resp, nil //nolint:nilerr // the refusal itself says more
	}
	Drain(resp)
	again, err := repeated(r)
	if err != nil {
		return nil, err
	}
	return own.RoundTrip(again)
}

// wantsToken reports whether a refusal asks for a bearer token: a password does not run out.
func wantsToken(resp *http.Response) bool {
	for _, challenge := range resp.Header.Values("Www-Authenticate") {
		if scheme, _, _ := strings.Cut(challenge, " "); strings.EqualFold(scheme, "bearer") {
			return true
		}
	}
	return false
}

// repeatable reports whether a request's body can be read again.
func repeatable(r *http.Request) bool {
	return r.Body == nil || r.Body == http.NoBody || r.GetBody != nil
}

// repeated is the same request with its body from the start.
func repeated(r *http.Request) (*http.Request, error) {
	again := r.Clone(r.Context())
	again.Header.Del("Authorization")
	if r.GetBody == nil {
		return again, nil
	}
	body, err := r.GetBody()
	again.Body = body
	return again, err
}
