package registrytest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"syscall"
)

// InProcess carries requests to handlers in this process, by host, without a network: thousands of releases in seconds.
type InProcess map[string]http.Handler

var _ http.RoundTripper = InProcess(nil)

// RoundTrip carries one request. A handler that panics with http.ErrAbortHandler breaks the connection: before the
// first byte of an answer it is a reset, after it the body ends too early.
func (w InProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	h := w[r.URL.Host]
	if h == nil {
		return nil, fmt.Errorf("dialling %s: %w", r.URL.Host, syscall.ECONNREFUSED)
	}
	in := r.Clone(r.Context())
	in.Host, in.RequestURI = r.URL.Host, r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	out := &carried{header: http.Header{}}
	broken := out.serve(h, in)
	if broken && out.status == 0 {
		return nil, fmt.Errorf("reading from %s: %w", r.URL.Host, syscall.ECONNRESET)
	}
	out.WriteHeader(http.StatusOK)
	return out.response(r, broken), nil
}

// carried is an answer as it is written.
type carried struct {
	header http.Header
	status int
	sent   http.Header // the header when the status was written
	body   bytes.Buffer
}

func (c *carried) Header() http.Header { return c.header }

func (c *carried) WriteHeader(status int) {
	if c.status == 0 {
		c.status, c.sent = status, c.header.Clone()
	}
}

func (c *carried) Write(p []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.body.Write(p)
}

func (c *carried) serve(h http.Handler, r *http.Request) (broken bool) {
	defer func() {
		if v := recover(); v == http.ErrAbortHandler { //nolint:errorlint // it is thrown as it is
			broken = true
		} else if v != nil {
			panic(v)
		}
	}()
	h.ServeHTTP(c, r)
	return false
}

func (c *carried) response(r *http.Request, broken bool) *http.Response {
	resp := &http.Response{Status: fmt.Sprintf("%d %s", c.status, http.StatusText(c.status)), StatusCode: c.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: c.sent, Request: r, ContentLength: -1}
	if n, err := strconv.ParseInt(c.sent.Get("Content-Length"), 10, 64); err == nil {
		resp.ContentLength = n
	} else if r.Method != http.MethodHead && !broken {
		resp.ContentLength = int64(c.body.Len())
	}
	switch {
	case r.Method == http.MethodHead:
		resp.Body = http.NoBody
	case broken:
		resp.Body = io.NopCloser(io.MultiReader(&c.body, brokenOff{}))
	default:
		resp.Body = io.NopCloser(&c.body)
	}
	return resp
}

// brokenOff is the end of a body that came too early.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
