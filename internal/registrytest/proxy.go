// Package registrytest is for tests. It has registries of several kinds, and a proxy that breaks what it is asked to: a
// list of faults goes in, an address to speak to comes out.
package registrytest

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// Rule breaks the requests that match, from the From-th (1 is the first) on, Count of them (0 is all).
type Rule struct {
	Method      string // empty is any
	Path        string // a regular expression; empty is any
	From, Count int
	Do          Fault
}

// Fault answers in place of the registry. pass forwards the request to it, and gives its answer.
type Fault func(w http.ResponseWriter, r *http.Request, pass func() *http.Response)

// Proxy is a registry with faults.
type Proxy struct {
	Address string

	mu     sync.Mutex
	rules  []*rule
	log    []string
	down   bool
	server *httptest.Server
}

type rule struct {
	Rule
	path *regexp.Regexp
	seen int
}

// buffers keeps the buffers of answers that were forwarded: a fifth of what tests of releases allocate.
type buffers struct{}

var kept = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// Get takes a buffer.
func (buffers) Get() []byte { return kept.Get().(*[32 << 10]byte)[:] }

// Put gives one back.
func (buffers) Put(b []byte) { kept.Put((*[32 << 10]byte)(b)) }

// New stands before the registry at an address, until the test ends.
func New(t *testing.T, backend string) *Proxy {
	t.Helper()
	p := &Proxy{}
	target := &url.URL{Scheme: "http", Host: backend}
	// As many as a client opens: with the library's two, a release dials the registry anew for nearly every request.
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	forward := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		Transport: transport,
		ErrorLog:  log.New(io.Discard, "", 0), BufferPool: buffers{},
	}
	if h, ok := served.Load(backend); ok { // in this process: nothing has to go through the network twice
		forward.Transport = InProcess{backend: h.(http.Handler)}
	}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, down := p.match(r)
		switch {
		case down:
			Reset(w, r, nil)
		case fault == nil:
			forward.ServeHTTP(w, r)
		default:
			fault(w, r, func() *http.Response {
				rec := httptest.NewRecorder()
				forward.ServeHTTP(rec, r)
				return rec.Result()
			})
		}
	}))
	p.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(func() { p.server.CloseClientConnections(); p.server.Close(); transport.CloseIdleConnections() })
	p.Address = strings.TrimPrefix(p.server.URL, "http://")
	return p
}

func (p *Proxy) match(r *http.Request) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, r.Method+" "+r.URL.Path)
	for _, rule := range p.rules {
		if rule.Method != "" && rule.Method != r.Method || !rule.path.MatchString(r.URL.Path) {
			continue
		}
		rule.seen++
		if rule.seen >= rule.From && (rule.Count == 0 || rule.seen < rule.From+rule.Count) {
			return rule.Do, p.down
		}
	}
	return nil, p.down
}

// Break adds rules; the first that matches counts.
func (p *Proxy) Break(rules ...Rule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range rules {
		if r.From == 0 {
			r.From = 1
		}
		p.rules = append(p.rules, &rule{Rule: r, path: regexp.MustCompile(r.Path)})
	}
}

// Mend takes all rules away, and brings the registry up.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules, p.down = nil, false
}

// Down breaks every connection from now on.
func (p *Proxy) Down() {
	p.mu.Lock()
	p.down = true
	p.mu.Unlock()
}

// Requests returns the requests so far, "METHOD PATH", that match a regular expression.
func (p *Proxy) Requests(match string) []string {
	re := regexp.MustCompile(match)
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, l := range p.log {
		if re.MatchString(l) {
			out = append(out, l)
		}
	}
	return out
}

// Forget begins the log of requests anew.
func (p *Proxy) Forget() {
	p.mu.Lock()
	p.log = nil
	p.mu.Unlock()
}

// Status answers with a status and a body, and headers as "Name: value".
func Status(code int, body string, headers ...string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ func() *http.Response) {
		_, _ = io.CopyN(io.Discard, r.Body, 1<<20)
		answer(w, code, body, headers)
	}
}

func answer(w http.ResponseWriter, code int, body string, headers []string) {
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		w.Header().Set(name, value)
	}
	if strings.HasPrefix(body, "{") {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body)
}

// Code is a body as a registry writes it.
func Code(code, message string) string {
	return `{"errors":[{"code":"` + code + `","message":"` + message + `"}]}`
}

// After lets the registry do what was asked and then answers something else.
func After(f Fault) Fault {
	return func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
		pass().Body.Close()
		f(w, r, pass)
	}
}

// Reset breaks the connection.
func Reset(w http.ResponseWriter, _ *http.Request, _ func() *http.Response) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// Stall never answers.
func Stall(_ http.ResponseWriter, r *http.Request, _ func() *http.Response) {
	_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client has gone
	<-r.Context().Done()
}

// Cut sends half of the answer's body and breaks the connection.
func Cut(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
	resp := pass()
	data, _ := io.ReadAll(resp.Body)
	copyHeader(w, resp)
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(data[:len(data)/2])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

// Flip changes one bit of the answer's body.
func Flip(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
	resp := pass()
	data, _ := io.ReadAll(resp.Body)
	if len(data) > 0 {
		data[len(data)/2] ^= 1
	}
	copyHeader(w, resp)
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(data)
}

// Header changes headers of the answer.
func Header(headers ...string) Fault {
	return func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
		resp := pass()
		copyHeader(w, resp)
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}
}

// Do runs something when a request comes, and lets it pass.
func Do(f func()) Fault {
	return func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
		f()
		resp := pass()
		copyHeader(w, resp)
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}
}

func copyHeader(w http.ResponseWriter, resp *http.Response) {
	for k, v := range resp.Header {
		w.Header()[k] = v
	}
}
