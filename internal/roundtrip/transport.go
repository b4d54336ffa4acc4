// Package roundtrip is what a request to a registry passes on its way: deadlines that every byte pushes away, the
// limits of plain HTTP, a login where one is asked for, a token that ran out. Requests go in, answers come out.
package roundtrip

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/howdah/howdah/internal/address"
)

// New dials with a deadline that every byte in either direction pushes away: a reply that never comes, a
// stalled body and a half-open connection all end after idle, a slow upload does not.
func New(idle time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: min(30*time.Second, idle), KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &idleConn{Conn: conn, idle: idle}, nil
		},
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       min(30*time.Second, idle),
		TLSHandshakeTimeout:   min(20*time.Second, idle),
		ResponseHeaderTimeout: idle,
		ExpectContinueTimeout: time.Second,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

// idleConn is a connection that dies when nothing moves.
type idleConn struct {
	net.Conn
	idle time.Duration
}

func (l *idleConn) Read(p []byte) (int, error) {
	if err := l.SetReadDeadline(time.Now().Add(l.idle)); err != nil {
		return 0, err
	}
	return l.Conn.Read(p)
}

// Write pushes the reading side's deadline too: while a body goes out, no answer is due.
func (l *idleConn) Write(p []byte) (int, error) {
	if err := l.SetDeadline(time.Now().Add(l.idle)); err != nil {
		return 0, err
	}
	return l.Conn.Write(p)
}

// Guard says who is calling, and keeps plain HTTP to the machines that it is allowed to.
type Guard struct {
	Next     http.RoundTripper
	Registry address.Registry
	Agent    string
}

func (p *Guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := Allow(p.Registry, r.URL); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", p.Agent)
	return p.Next.RoundTrip(r)
}

// Allow refuses what the registry may not lead to.
func Allow(r address.Registry, to *url.URL) error {
	if why, hint := r.Forbids(to.Scheme, to.Hostname()); why != "" {
		return &Refusal{why, hint}
	}
	return nil
}

// Refusal is an error of our own making: trying again will not help.
type Refusal struct{ Why, Hint string }

func (r *Refusal) Error() string { return r.Why }

func CheckRedirect(r address.Registry) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return &Refusal{Why: "too many redirects"}
		}
		return Allow(r, req.URL)
	}
}

// Drain makes a connection fit for use again.
func Drain(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
	resp.Body.Close()
}
