package roundtrip

import (
	"context"
	"net/http"
	"sync"
)

// LazyLogin speaks to a registry on loopback that there are no credentials for, without asking first how it wants to be
// logged in to: most want nothing. Where one answers 401, it is asked, and what it wants is used from then on.
type LazyLogin struct {
	Plain http.RoundTripper
	Login func(context.Context) (http.RoundTripper, error)

	mu    sync.Mutex
	known http.RoundTripper
}

func (l *LazyLogin) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	known := l.known
	l.mu.Unlock()
	if known != nil {
		return known.RoundTrip(r)
	}
	resp, err := l.Plain.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !repeatable(r) {
		return resp, err
	}
	known, err = l.Login(r.Context())
	if err != nil {
		return resp, nil //nolint:nilerr // the refusal itself says more
	}
	Drain(resp)
	l.mu.Lock()
	l.known = known
	l.mu.Unlock()
	next, err := repeated(r)
	if err != nil {
		return nil, err
	}
	return known.RoundTrip(next)
}
