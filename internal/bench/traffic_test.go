package bench

import (
	"cmp"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// traffic counts the bytes of bodies that come and go through servers on loopback, by where they come from.
type traffic struct {
	mu       sync.Mutex
	down, up map[string]int64
}

// Kinds of traffic; what comes through the proxy besides counts under its host.
const (
	registryTraffic = "registry"
	debianTraffic   = "Debian"
	npmTraffic      = "npm"
	gemTraffic      = "gems"
)

// quiet is a log for what proxies say of connections that end early.
var quiet = log.New(io.Discard, "", 0)

func newTraffic() *traffic { return &traffic{down: map[string]int64{}, up: map[string]int64{}} }

// take returns what was counted, and begins anew.
func (t *traffic) take() (down, up map[string]int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	down, up = maps.Clone(t.down), maps.Clone(t.up)
	clear(t.down)
	clear(t.up)
	return down, up
}

func (t *traffic) add(into map[string]int64, kind string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	into[kind] += int64(n)
}

// counted is a handler whose bodies count as a kind.
func (t *traffic) counted(kind string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil {
			r.Body = &countedBody{r.Body, func(n int) { t.add(t.up, kind, n) }}
		}
		next.ServeHTTP(&countedAnswer{w, func(n int) { t.add(t.down, kind, n) }}, r)
	})
}

// forward passes requests on to an address; the answers name this server where they name the other.
func (t *traffic) forward(tb testing.TB, kind, to string) http.Handler {
	tb.Helper()
	address, err := url.Parse(to)
	if err != nil {
		tb.Fatal(err)
	}
	return t.counted(kind, &httputil.ReverseProxy{ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) {
		host := r.In.Host
		r.SetURL(address)
		if kind == registryTraffic {
			r.Out.Host = host
		}
	}})
}

// serve starts a server on loopback until the test ends.
func serve(tb testing.TB, handler http.Handler) *httptest.Server {
	tb.Helper()
	s := httptest.NewServer(handler)
	s.Config.ErrorLog = quiet
	tb.Cleanup(s.Close)
	return s
}

// serveTLS is serve with a certificate that nobody knows yet.
func serveTLS(tb testing.TB, handler http.Handler) *httptest.Server {
	tb.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = quiet
	s.StartTLS()
	tb.Cleanup(s.Close)
	return s
}

// ServeHTTP is a proxy for everything else that is asked for by HTTP or CONNECT, as HTTP_PROXY names one.
func (t *traffic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		t.tunnel(w, r)
		return
	}
	kind := r.URL.Hostname()
	if strings.HasPrefix(r.URL.Path, "/debian") {
		kind = debianTraffic
	}
	t.counted(kind, &httputil.ReverseProxy{ErrorLog: quiet, Rewrite: func(*httputil.ProxyRequest) {}}).ServeHTTP(w, r)
}

func (t *traffic) tunnel(w http.ResponseWriter, r *http.Request) {
	kind, _, _ := net.SplitHostPort(r.Host)
	there, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	if _, err := io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(there, &countedBody{here, func(n int) { t.add(t.up, kind, n) }})
		_ = there.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(here, &countedBody{there, func(n int) { t.add(t.down, kind, n) }})
	_ = here.Close()
	<-done
}

type countedBody struct {
	io.ReadCloser
	add func(int)
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.add(n)
	return n, err
}

type countedAnswer struct {
	http.ResponseWriter
	add func(int)
}

func (a *countedAnswer) Write(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p)
	a.add(n)
	return n, err
}

func (a *countedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// TestTraffic: bodies both ways are counted by kind, through a server in front of another, a proxy and a tunnel.
func TestTraffic(t *testing.T) {
	counts := newTraffic()
	there := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, cmp.Or(string(data), r.URL.Path))
	}))
	front := serve(t, counts.forward(t, registryTraffic, there.URL))
	proxy := serve(t, counts)
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(through), DisableKeepAlives: true}}
	ask := func(c *http.Client, address, body string) string {
		t.Helper()
		r, err := c.Post(address, "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		data, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	ask(http.DefaultClient, front.URL+"/v2/", "seven..")
	ask(client, there.URL+"/debian/x", "four")
	down, up := counts.take()
	if down[registryTraffic] != 7 || up[registryTraffic] != 7 || down[debianTraffic] != 4 || up[debianTraffic] != 4 {
		t.Errorf("counted %v and %v", down, up)
	}
	secure := serveTLS(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }))
	inner := secure.Client().Transport.(*http.Transport).Clone()
	inner.Proxy, inner.DisableKeepAlives = http.ProxyURL(through), true
	ask(&http.Client{Transport: inner}, secure.URL, "hello")
	if down, up = counts.take(); down["127.0.0.1"] == 0 || up["127.0.0.1"] == 0 {
		t.Errorf("through the tunnel: %v and %v", down, up)
	}
}
