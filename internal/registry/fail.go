package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/howdah/howdah/internal/clock"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/roundtrip"
)

// fail turns an error into one that a person can act on: what was being done, where, what the registry answered, and
// the exit code. The registry's own words are cleaned.
func (r *Repo) fail(ctx context.Context, doing string, push bool, err error) error {
	var (
		known *fault.Error
		no    *roundtrip.Refusal
		said  *transport.Error
	)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), expired(err):
		return fmt.Errorf("%s %s: %w", doing, r, err)
	case errors.As(err, &known):
		return err
	case errors.As(err, &said) && saysHTTPS(said):
		return fault.New(fault.Registry, "%s %s: it speaks HTTPS, and its certificate is not trusted here", doing, r).
			WithHint("%s", r.untrusted(ctx))
	case errors.As(err, &said):
		return r.refused(doing, push, said)
	case errors.As(err, &no):
		f := fault.New(fault.Registry, "%s %s: %s", doing, r, clean(no.Why))
		if no.Hint == "" {
			return f
		}
		return f.WithHint("%s", no.Hint)
	}
	f := fault.New(fault.Registry, "%s %s: %s", doing, r, clean(plain(err.Error())))
	var network *net.OpError
	switch text := err.Error(); {
	case strings.Contains(text, "proxyconnect"):
		if hint := environ.ProxyHint(environ.Of(ctx)); hint != "" {
			return f.WithHint("%s", hint)
		}
		return f.WithHint("HTTP_PROXY names a proxy that cannot be reached: correct the variable, or unset it")
	case strings.Contains(text, "x509:"), strings.Contains(text, "tls:"):
		return f.WithHint("%s", r.untrusted(ctx))
	case strings.Contains(text, "connection refused"), strings.Contains(text, "no such host"),
		strings.Contains(text, "timeout"), strings.Contains(text, "deadline"), errors.As(err, &network):
		return f.WithHint("%s could not be reached: check this machine's network, then run the same command again",
			r.registry)
	}
	return f
}

// saysHTTPS reports whether a server that speaks HTTPS was asked over plain HTTP. This happens with a registry on
// loopback after its certificate was refused.
func saysHTTPS(e *transport.Error) bool {
	text := e.Error()
	return e.StatusCode == http.StatusBadRequest && (strings.Contains(text, "HTTP request to an HTTPS server") ||
		strings.Contains(text, "plain HTTP request was sent to HTTPS"))
}

// untrusted returns the hint for a certificate that was refused.
func (r *Repo) untrusted(ctx context.Context) fault.Hint {
	return clock.Hint(ctx, "https://"+r.name.RegistryStr(),
		"if a proxy with a CA of its own is in between, set SSL_CERT_FILE to the file of that CA")
}

var requestText = regexp.MustCompile(`(Get|Head|Post) "[^"]*": `)

// plain removes from an error the request, and a message that is repeated: first over https, then over http.
func plain(text string) string {
	parts := strings.Split(requestText.ReplaceAllString(text, ""), "; ")
	return strings.Join(slices.Compact(parts), "; ")
}

// expired reports whether the caller's deadline has passed. The connection's own deadlines look the same to
// errors.Is.
func expired(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if err == context.DeadlineExceeded { //nolint:errorlint // see above
			return true
		}
	}
	return false
}

func (r *Repo) refused(doing string, push bool, e *transport.Error) error {
	words := summary(e)
	action := "pull"
	if push {
		action = "push,pull"
	}
	scope := r.name.Scope(action)
	switch e.StatusCode {
	case http.StatusUnauthorized:
		if r.client.noCredentials(r.registry) {
			return fault.New(fault.Auth, "%s %s: %s: %q needs credentials, and none were found", doing, r, words, scope).
				WithHint("%s", r.loginHint())
		}
		return fault.New(fault.Auth, "%s %s: %s: the registry does not accept the credentials for %q", doing, r, words,
			scope).WithHint("%s", r.loginHint())
	case http.StatusForbidden:
		return fault.New(fault.Auth, "%s %s: %s: the credentials do not allow %q", doing, r, words, scope).
			WithHint("%s", r.rightsHint())
	case http.StatusTooManyRequests:
		return fault.New(fault.Registry, "%s %s: %s", doing, r, words).
			WithHint("%s limits how often it is asked; the same command continues from here", r.registry)
	case http.StatusNotFound:
		return fault.New(fault.Registry, "%s %s: %s", doing, r, words).
			WithHint("does %q exist at %s? some registries need a project or repository to be created "+
				"first", r.name.RepositoryStr(),
				r.name.RegistryStr())
	}
	return fault.New(fault.Registry, "%s %s: %s", doing, r, words)
}

func (r *Repo) loginHint() string {
	switch {
	case r.registry.IsGHCR():
		return "set GITHUB_TOKEN to a token with write:packages, or docker login ghcr.io"
	case r.registry.IsHub():
		return "set DOCKERHUB_USERNAME and DOCKERHUB_TOKEN (an access token with read and write), or docker login"
	}
	return "docker login " + r.name.RegistryStr()
}

func (r *Repo) rightsHint() string {
	if r.registry.IsGHCR() {
		owner, _, _ := strings.Cut(r.name.RepositoryStr(), "/")
		return fmt.Sprintf("the token needs write:packages (in a workflow: permissions: packages: write), and a package "+
			"that exists already must list this repository under \"Manage Actions access\" with the role Write: %s",
			packageSettings(owner, r.image))
	}
	if r.registry.IsHub() {
		return "the access token must allow writing, and the account must own " + r.name.RepositoryStr()
	}
	return "the account needs the right to push to " + r.name.RepositoryStr()
}

func packageSettings(owner, image string) string {
	return fmt.Sprintf("https://github.com/users/%[1]s/packages/container/%[2]s/settings (of an organisation: "+
		"https://github.com/orgs/%[1]s/packages/container/%[2]s/settings)", owner, image)
}

// SettingsPage returns the page where a person makes an image public.
func (r *Repo) SettingsPage() string {
	owner, _, _ := strings.Cut(r.name.RepositoryStr(), "/")
	switch {
	case r.registry.IsGHCR():
		return packageSettings(owner, r.image)
	case r.registry.IsHub():
		return "https://hub.docker.com/repository/docker/" + r.name.RepositoryStr() + "/settings"
	}
	return r.String()
}

// status returns the HTTP status that an error is about, or 0.
func status(err error) int {
	var e *transport.Error
	if errors.As(err, &e) {
		return e.StatusCode
	}
	return 0
}

// has reports whether a registry's answer has one of the codes.
func has(err error, codes ...transport.ErrorCode) bool {
	var e *transport.Error
	return errors.As(err, &e) &&
		slices.ContainsFunc(e.Errors, func(d transport.Diagnostic) bool { return slices.Contains(codes, d.Code) })
}

// names reports whether a registry's answer names a digest.
func names(err error, h v1.Hash) bool {
	var e *transport.Error
	return errors.As(err, &e) && slices.ContainsFunc(e.Errors, func(d transport.Diagnostic) bool {
		return strings.Contains(d.Message+fmt.Sprint(d.Detail), h.String())
	})
}
