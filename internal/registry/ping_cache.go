package registry

import (
	"net/http"
	"strings"
)

// pingCache answers from memory the request with which every login begins (how the registry wants to be
// authenticated). It asks once for each registry instead of once for each repository.
type pingCache struct {
	client *Client
	next   http.RoundTripper
}

func (p *pingCache) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet || r.URL.Path != "/v2/" || r.Header.Get("Authorization") != "" {
		return p.next.RoundTrip(r)
	}
	key := r.URL.Scheme + "://" + r.URL.Host
	p.client.mu.Lock()
	known := p.client.pinged[key]
	p.client.mu.Unlock()
	if known != nil {
		again := *known
		again.Header, again.Body, again.Request = known.Header.Clone(), http.NoBody, r
		return &again, nil
	}
	resp, err := p.next.RoundTrip(r)
	if err == nil && (resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusUnauthorized) {
		kept := &http.Response{Status: resp.Status, StatusCode: resp.StatusCode, Proto: resp.Proto,
			ProtoMajor: resp.ProtoMajor, ProtoMinor: resp.ProtoMinor, Header: resp.Header.Clone()}
		for k := range kept.Header {
			if !strings.EqualFold(k, "Www-Authenticate") {
				kept.Header.Del(k)
			}
		}
		p.client.mu.Lock()
		p.client.pinged[key] = kept
		p.client.mu.Unlock()
	}
	return resp, err
}
