// Package registry uploads images to container registries and reads them back. It takes contents (manifests and
// blobs, from a layout on disk or from another registry), and returns digests and tags that it has read back over the
// network. Authentication and references are go-containerregistry's; retries and uploads are our own, because a
// release must be able to continue after a registry's failures.
package registry

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/roundtrip"
	"github.com/howdah/howdah/internal/secret"
)

// Options are the settings of a client. The zero value is usable: anonymous, with the default limits, without
// progress.
type Options struct {
	Keychain authn.Keychain // nil: anonymous
	agent    string         // User-Agent
	jobs     int            // blobs transferred at once, to or from one registry; default 6
	requests int            // under way at once, to one registry; default 64

	Tries    int           // of one request or one upload; default 6
	Idle     time.Duration // without a byte or an answer; default 2 minutes
	budget   time.Duration // for one request with all tries; of an upload, for the pauses; default 5 minutes
	longest  time.Duration // the longest pause that a registry may ask for; default 2 minutes
	Progress func(Event)   // called from several goroutines
	Deleter  Deleter       // deletes what a registry's own protocol cannot; may be nil

	Sleep func(context.Context, time.Duration) error // for tests; nil: real pauses
	Roots http.RoundTripper                          // for tests; nil: real connections
}

// Event is something that happened in a transfer.
type Event struct {
	Registry string
	image    string
	What     Step
	Name     string // a digest or a tag
	Bytes    int64  // of a whole blob; for Sent: since the last event
}

// Step is the kind of an event.
type Step string

// The steps. Sent and Read are frequent; Present, Mounted, Uploaded and Verified come once for each blob or manifest.
const (
	Present  Step = "present"
	Mounted  Step = "mounted"
	Sent     Step = "sent"
	Uploaded Step = "uploaded"
	Read     Step = "read"
	Verified Step = "verified"
	Tagged   Step = "tagged"
	Waiting  Step = "waiting" // Name says what for
)

// Client sends requests to registries. Several goroutines may use it.
type Client struct {
	opt     Options
	base    *http.Transport // nil in tests with a transport of their own
	network http.RoundTripper

	mu     sync.Mutex
	logins map[login]*session
	pinged map[string]*http.Response

	background goroutine.All   // requests that no caller waits for
	anonymous  map[string]bool // hosts of registries for which no credentials were found
	slots      map[string]chan struct{}
}

// New returns a client. Close closes its connections.
func New(opt Options) *Client {
	if opt.Keychain == nil {
		opt.Keychain = anonymous{}
	}
	opt.jobs = cmp.Or(opt.jobs, 6)
	opt.requests = cmp.Or(opt.requests, 64)
	opt.Tries = cmp.Or(opt.Tries, 6)
	opt.Idle = cmp.Or(opt.Idle, 2*time.Minute)
	opt.budget = cmp.Or(opt.budget, 5*time.Minute)
	opt.longest = cmp.Or(opt.longest, 2*time.Minute)
	opt.agent = cmp.Or(opt.agent, "howdah")
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

// Close waits for requests that no caller waits for, and closes idle connections.
func (c *Client) Close() {
	c.background.Wait()
	if c.base != nil {
		c.base.CloseIdleConnections()
	}
}

// login identifies an authentication: for a repository, with which permissions, as whom.
type login struct {
	repository string
	push       bool
	public     bool // without credentials, even if there are some
	from       string
}

// session is a login that the first caller makes.
type session struct {
	once sync.Once
	http *http.Client
	err  error
}

// client returns the HTTP client for a repository. From names a sibling repository that blobs are mounted from.
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
	if s.err != nil { // the next caller tries again
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
	if l.push && auth != authn.Anonymous { // an anonymous token can only be for reading
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

// noCredentials reports whether no credentials were found for a registry.
func (c *Client) noCredentials(r address.Registry) bool {
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

// anonymous is a keychain without credentials.
type anonymous struct{}

func (anonymous) Resolve(authn.Resource) (authn.Authenticator, error) { return authn.Anonymous, nil }
