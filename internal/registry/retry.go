package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/roundtrip"
)

// retrier repeats a request if that can help: after broken connections, and after answers that say "later". It waits
// as long as the registry asks, otherwise for growing random times, and stops when ctx ends.
type retrier struct {
	next     http.RoundTripper
	opt      *Options
	registry string
}

type onceKey struct{}

// once marks requests that must not be repeated by themselves: parts of an upload, which starts again instead.
func once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

// lostKey is the key of an *atomic.Bool in a request's context, which noteLost sets.
type lostKey struct{}

// noteLost records that the answer to a try does not say whether the registry did what it was asked to.
func noteLost(ctx context.Context, resp *http.Response, err error) {
	lost, asked := ctx.Value(lostKey{}).(*atomic.Bool)
	if asked && (err != nil || resp.StatusCode != http.StatusTooManyRequests && laterStatus(resp.StatusCode)) {
		lost.Store(true)
	}
}

func (p *retrier) RoundTrip(r *http.Request) (*http.Response, error) {
	single := r.Context().Value(onceKey{}) != nil || r.Body != nil && r.GetBody == nil
	wait := newWait(p.opt, p.registry)
	if r.Body != nil && r.GetBody != nil {
		r.Body.Close() // every try gets its own
	}
	for {
		attempt := r
		if r.GetBody != nil { // the body may be used up: by an earlier try, or before a new token was needed
			body, err := r.GetBody()
			if err != nil {
				return nil, err
			}
			attempt = r.Clone(r.Context())
			attempt.Body = body
		}
		resp, err := p.next.RoundTrip(attempt)
		noteLost(r.Context(), resp, err)
		if err != nil && r.Context().Err() != nil {
			return nil, r.Context().Err() // the run was cancelled: the request's own error does not matter
		}
		if single || !later(resp, err) || r.Context().Err() != nil {
			return resp, err
		}
		asked, why := time.Duration(0), describe(resp, err)
		if resp != nil {
			asked = retryAfter(resp.Header.Get("Retry-After"), time.Now())
		}
		if stop := wait.next(r.Context(), asked, why); stop != nil {
			if errors.Is(stop, errSpent) {
				if err != nil {
					err = &spent{err}
				}
				return resp, err // the registry's own answer
			}
			if resp != nil {
				roundtrip.Drain(resp)
			}
			return nil, stop
		}
		if resp != nil {
			roundtrip.Drain(resp)
		}
	}
}

// errSpent means that no tries are left.
var errSpent = errors.New("no tries left")

// spent is the error of the last try of a request: callers must not try it again.
type spent struct{ error }

func (s *spent) Unwrap() error { return s.error }

// wait counts the tries of one thing, and the pauses between them.
type wait struct {
	opt      *Options
	registry string
	tries    int
	spent    time.Duration
	begun    time.Time // zero if the tries themselves may take long
}

func newWait(opt *Options, registry string) *wait {
	return &wait{opt: opt, registry: registry, begun: time.Now()}
}

// next waits before another try. It returns errSpent if none is left, and a [refusal] if the registry asks for a
// longer pause than allowed.
func (w *wait) next(ctx context.Context, asked time.Duration, why string) error {
	w.tries++
	if w.tries >= w.opt.Tries {
		return errSpent
	}
	if asked > w.opt.longest {
		return &roundtrip.Refusal{
			Why: fmt.Sprintf("%s asks to be tried again in %s: %s", w.registry, asked.Round(time.Second), why)}
	}
	d := asked
	if d == 0 {
		d = min(500*time.Millisecond<<(w.tries-1), 30*time.Second)
		d = d/2 + rand.N(d) // half to one and a half of it, so that two clients do not return together
	}
	if w.spent += d; w.spent > w.opt.budget || !w.begun.IsZero() && time.Since(w.begun) > w.opt.budget {
		return errSpent
	}
	w.opt.Progress(Event{Registry: w.registry, What: Waiting,
		Name: fmt.Sprintf("%s after %s", d.Round(100*time.Millisecond), why)})
	return w.opt.Sleep(ctx, d)
}

// again repeats do while only the network prevents it: a body that broke off is requested again.
func (r *Repo) again(ctx context.Context, doing string, do func() error) error {
	w := newWait(&r.client.opt, r.registry.String())
	for {
		err := do()
		var known *fault.Error
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || errors.As(err, &known) || status(err) != 0 || !temporary(err) {
			return r.fail(ctx, doing, false, err)
		}
		if stop := w.next(ctx, 0, "an answer that broke off: "+clean(err.Error())); stop != nil {
			return r.fail(ctx, doing, false, err)
		}
	}
}

// retryAfter parses seconds or a date; 0 if there is none.
func retryAfter(value string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil && n > 0 {
		return time.Duration(min(n, 1<<31)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// later reports whether the same request may succeed a little later.
func later(resp *http.Response, err error) bool {
	if err != nil {
		return temporary(err)
	}
	return laterStatus(resp.StatusCode)
}

func laterStatus(code int) bool {
	switch code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, 499,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		520, 521, 522, 523, 524, 525, 527: // the last seven are Cloudflare's
		return true
	}
	return false
}

// temporary reports whether an error is the network's, and not a refusal by us, a certificate or the caller.
func temporary(err error) bool {
	var (
		no        *roundtrip.Refusal
		last      *spent
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		plain     tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.As(err, &no), errors.As(err, &last):
		return false
	case errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &invalid):
		return false
	case errors.As(err, &plain): // it speaks plain HTTP
		return false
	}
	return true
}

func describe(resp *http.Response, err error) string {
	if err != nil {
		return clean(err.Error())
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
}
