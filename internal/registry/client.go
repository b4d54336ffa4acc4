// Package registry brings images to container registries and reads them back: contents (manifests and blobs,
// from a layout on disk or from another registry) go in, digests and tags that were read back over the wire come
// out. Authentication and references are go-containerregistry's; the transport, its patience and the uploads
// are our own, because a release must be able to go on where a registry stumbled.
package registry

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/roundtrip"
	"github.com/howdah/howdah/internal/secret"
)

// Options are how a client behaves. The zero value is fit for use: anonymous, patient, silent.
type Options struct {
	Keychain authn.Keychain // see Keychain; nil is anonymous
	agent    string         // User-Agent
	jobs     int            // blobs on their way at once, to or from one registry; 6
	requests int            // under way at once, to one registry; 64

	Tries    int           // of one request or one upload; 6
	Idle     time.Duration // without a byte or an answer; 2 minutes
	budget   time.Duration // for one request with all its tries; of an upload, for the waiting between them; 5 minutes
	longest  time.Duration // that a registry may ask to wait at once; 2 minutes
	Progress func(Event)   // called from several goroutines
	Deleter  Deleter       // deletes where a registry's own protocol cannot; nil: nobody does

	Sleep func(context.Context, time.Duration) error // a test's; nil waits by the clock
	Roots http.RoundTripper                          // a test's; nil dials
}

// Event is something that happened on the way.
type Event struct {
	Registry string
	image    string
	What     Step
	Name     string // a digest or a tag
	Bytes    int64  // of a whole blob; for Sent: since the last event
}

// Step is what an event reports.
type Step string

// The steps. Sent and Read come often; Present, Mounted, Uploaded and Verified once a blob or manifest.
const (
	Present  Step = "present"
	Mounted  Step = "mounted"
	Sent     Step = "sent"
	Uploaded Step = "uploaded"
	Read     Step = "read"
	Verified Step = "verified"
	Tagged   Step = "tagged"
	Waiting  Step = "waiting" // Name says for what
)

// Client speaks to registries. It is safe for use by several goroutines.
type Client struct {
	opt     Options
	base    *http.Transport // nil in tests that bring their own
	network http.RoundTripper

	mu     sync.Mutex
	logins map[login]*session
	pinged map[string]*http.Response

	background sync.WaitGroup  // requests that nobody waits for
	anonymous  map[string]bool // registries' hosts that there are no credentials for
	slots      map[string]chan struct{}
}

// New makes a client. Close gives its connections back.
func New(opt Options) *Client {
	if opt.Keychain == nil {
		opt.Keychain = anonymous{}
	}
	set(&opt.jobs, 6)
	set(&opt.requests, 64)
	set(&opt.Tries, 6)
	set(&opt.Idle, 2*time.Minute)
	set(&opt.budget, 5*time.Minute)
	set(&opt.longest, 2*time.Minute)
	if opt.agent == "" {
		opt.agent = "howdah"
	}
	if opt.Progress == nil {
		opt.Progress = func(Event) {}
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	c := &Client{opt: opt, logins: map[login]*session{}, pinged: map[string]*http.Response{}, anonymous: map[string]bool{},
		slots: map[string]chan struct{}{}}
	c.network = opt.Roots
	if c.network == nil {
		c.base = roundtrip.New(opt.Idle)
		c.network = c.base
	}
	c.network = secret.Transport{Next: c.network}
	return c
}

func set[T int | time.Duration](v *T, to T) {
	if *v == 0 {
		*v = to
	}
}

// Close waits for requests that nobody waited for, and closes idle connections.
func (c *Client) Close() {
	c.background.Wait()
	if c.base != nil {
		c.base.CloseIdleConnections()
	}
}

// login is one authentication: for a repository, with what rights, as whom.
type login struct {
	repository string
	push       bool
	public     bool // without credentials, whatever there are
	from       string
}

// session is a login that is made once, by the first who needs it.
type session struct {
	once sync.Once
	http *http.Client
	err  error
}

// client gives the HTTP client with which to speak to a repository. from names a sibling that blobs are mounted from.
func (c *Client) client(ctx context.Context, r address.Registry, repo name.Repository, l login) (*http.Client, error) {
	l.repository = repo.String()
	c.mu.Lock()
	s := c.logins[l]
	if s == nil {
		s = &session{}
		c.logins[l] = s
	}
	c.mu.Unlock()
	s.once.Do(func() { s.http, s.err = c.authenticate(ctx, r, repo, l) })
	if s.err != nil { // the next caller tries anew
		c.mu.Lock()
		if c.logins[l] == s {
			delete(c.logins, l)
		}
		c.mu.Unlock()
	}
	return s.http, s.err
}

func (c *Client) authenticate(ctx context.Context, r address.Registry, repo name.Repository,
	l login) (*http.Client, error) {
	auth := authn.Anonymous
	if !l.public {
		var err error
		if auth, err = authn.Resolve(ctx, c.opt.Keychain, repo); err != nil {
			return nil, err
		}
		c.mu.Lock()
		c.anonymous[r.Host.RegistryStr()] = auth == authn.Anonymous
		c.mu.Unlock()
	}
	action := transport.PullScope
	if l.push && auth != authn.Anonymous { // nobody may not ask for more than to read
		action = transport.PushScope
	}
	scopes := []string{repo.Scope(action)}
	if l.from != "" {
		scopes = append(scopes, r.Host.Repo(l.from).Scope(transport.PullScope))
	}
	inner := &pingCache{client: c,
		next: &retrier{next: &roundtrip.Guard{Next: &limiter{client: c, next: c.network}, Registry: r,
			Agent: c.opt.agent}, opt: &c.opt,
			registry: r.String()}}
	token := func(ctx context.Context) (http.RoundTripper, error) {
		return transport.NewWithContext(ctx, repo.Registry, auth, inner, scopes)
	}
	login := func(ctx context.Context) (http.RoundTripper, error) {
		shared, err := token(ctx)
		if err != nil {
			return nil, err
		}
		return &roundtrip.Renewal{Next: shared, Login: token}, nil
	}
	var t http.RoundTripper = &roundtrip.LazyLogin{Plain: inner, Login: login}
	if !r.Loopback() || auth != authn.Anonymous {
		var err error
		if t, err = login(ctx); err != nil {
			return nil, err
		}
	}
	return &http.Client{Transport: t, CheckRedirect: roundtrip.CheckRedirect(r)}, nil
}

// nobody reports whether no credentials were found for a registry.
func (c *Client) nobody(r address.Registry) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.anonymous[r.Host.RegistryStr()]
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// anonymous has no credentials.
type anonymous struct{}

func (anonymous) Resolve(authn.Resource) (authn.Authenticator, error) { return authn.Anonymous, nil }
