package registry

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/howdah/howdah/internal/address"
)

// newTransport dials with a deadline that every byte in either direction pushes away: a reply that never comes, a
// stalled body and a half-open connection all end after idle, a slow upload does not.
func newTransport(idle time.Duration) *http.Transport {
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

// guard says who is calling, and keeps plain HTTP to the machines that it is allowed to.
type guard struct {
	next     http.RoundTripper
	registry Registry
	agent    string
}

func (p *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := p.registry.allow(r.URL.Scheme, r.URL.Hostname()); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", p.agent)
	return p.next.RoundTrip(r)
}

// allow refuses what must not be spoken to: plain HTTP to other machines, and, for a registry that is not on this
// machine or a private network itself, whatever is.
func (r Registry) allow(scheme, host string) error {
	own := host == withoutPort(r.host.RegistryStr())
	if scheme != "https" && !(scheme == "http" && (address.IsLoopback(host) || own && r.plain)) {
		why := fmt.Sprintf("%s leads to %q over %s, which is not encrypted", r, host, scheme)
		if own {
			return &refusal{why, fmt.Sprintf("if it speaks plain HTTP only: insecure = [%q] in howdah.toml; behind a proxy "+
				"that speaks https it must know so (X-Forwarded-Proto)", host)}
		}
		return &refusal{why, "the registry's own configuration names that address (its host setting, or where it stores " +
			"blobs)"}
	}
	if ip := net.ParseIP(host); ip != nil && !own && !r.loopback &&
		(ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()) {
		return &refusal{fmt.Sprintf("%s leads to %q, an address inside a network", r, host),
			"the registry's own configuration names that address"}
	}
	return nil
}

// refusal is an error of our own making: trying again will not help.
type refusal struct{ why, hint string }

func (r *refusal) Error() string { return r.why }

func checkRedirect(r Registry) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return &refusal{why: "too many redirects"}
		}
		return r.allow(req.URL.Scheme, req.URL.Hostname())
	}
}
