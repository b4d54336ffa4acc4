package registry

import (
	"io"
	"net/http"
	"sync"
)

// limiter lets so many requests to one host be under way at a time; the others wait their turn. It counts a request
// until its answer begins: how many bodies are read at once is for their reader to say.
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

// slot is a host's limit.
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

// copyPieces are the buffers in which bodies are read.
var copyPieces = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// copyBody copies a body with a buffer that is used again: a release reads many.
func copyBody(w io.Writer, r io.Reader) error {
	piece := copyPieces.Get().(*[64 << 10]byte)
	defer copyPieces.Put(piece)
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, piece[:])
	return err
}
