package registry

import (
	"io"
	"net/http"
	"sync"
)

// limiter limits the requests to one host that are under way at the same time. A request counts until its answer
// begins; the reader limits how many bodies are read at once.
type limiter struct {
	client *Client
	next   http.RoundTripper
}

func (l *limiter) RoundTrip(r *http.Request) (*http.Response, error) {
	slot := l.client.slot(r.URL.Host)
	select {
	case slot <- struct{}{}:
	case <-r.Context().Done():
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, r.Context().Err()
	}
	defer func() { <-slot }()
	return l.next.RoundTrip(r)
}

// slot returns a host's limit.
func (c *Client) slot(host string) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.slots[host]
	if t == nil {
		t = make(chan struct{}, c.opt.requests)
		c.slots[host] = t
	}
	return t
}

// copyPieces are buffers for reading bodies.
var copyPieces = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// copyBody copies a body with a reused buffer: a release reads many bodies.
func copyBody(w io.Writer, r io.Reader) error {
	piece := copyPieces.Get().(*[64 << 10]byte)
	defer copyPieces.Put(piece)
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, piece[:])
	return err
}
