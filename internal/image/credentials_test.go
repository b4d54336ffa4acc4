package image

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session/auth"

	"github.com/howdah/howdah/internal/secret"
)

// oneLogin knows one login, for every registry.
type oneLogin struct{}

func (oneLogin) Resolve(authn.Resource) (authn.Authenticator, error) {
	return authn.FromConfig(authn.AuthConfig{Username: "puller", Password: "p4ssword-of-docker"}), nil
}

// learned keeps what it is told.
type learned struct {
	mu     sync.Mutex
	values []string
}

func (l *learned) Add(values ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.values = append(l.values, values...)
}

func (l *learned) Mask(text string) string { return text }
func (l *learned) Holds(string) bool       { return false }

func (l *learned) Follow(func(values []string)) (stop func()) { return func() {} }

// TestCredentialsAreKnown: what BuildKit is given, the token that is fetched for it, and what a build mounts as a
// secret are known before BuildKit can repeat them.
func TestCredentialsAreKnown(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, `{"token":"t0ken-of-the-registry","access_token":"t0ken-of-the-registry","expires_in":300}`)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	l := &learned{}
	ctx := secret.With(context.Background(), l)
	s := Spec{Credentials: oneLogin{}}
	given, ok := s.credentials(ctx).(sharedAuth)
	if !ok {
		t.Fatal("BuildKit's provider has other methods than before: its tokens would not be known")
	}
	given.SetLogger(func(*client.SolveStatus) {})
	daemon := context.Background() // it asks with a context of its own
	if got, err := given.Credentials(daemon, &auth.CredentialsRequest{Host: host}); err != nil ||
		got.Secret != "p4ssword-of-docker" {
		t.Fatalf("%v, %v", got, err)
	}
	token, err := given.FetchToken(daemon, &auth.FetchTokenRequest{Host: host, Realm: server.URL + "/token",
		Service: "x", Scopes: []string{"repository:a:pull"}})
	if err != nil || token.Token != "t0ken-of-the-registry" {
		t.Fatalf("%v, %v", token, err)
	}
	s.Name, s.Secrets = "x", map[string][]byte{
		"gem-mirror": []byte("https://mirror.example/gems\n"),
		"user-npmrc": []byte("//r.example/:_authToken=t0ken-of-the-npmrc\n//s.example/:_password=cDRzc3dvcmQtb2YtbnBt\n"),
		"netrc":      []byte("machine h.example login somebody password p4ssword-of-the-netrc\n"),
		"bundle":     []byte("---\nBUNDLE_GEMS__EXAMPLE__COM: \"somebody:p4ssword-of-bundler\"\n"),
		"npmrc":      []byte("first-line-of-a-secret\nsecond-line-of-a-secret\n"),
	}
	if _, _, err := s.solveOpt(ctx, "linux/amd64"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"p4ssword-of-docker",
		base64.StdEncoding.EncodeToString([]byte("puller:p4ssword-of-docker")), "t0ken-of-the-registry",
		"t0ken-of-the-npmrc", "p4ssword-of-npm", "p4ssword-of-the-netrc", "p4ssword-of-bundler",
		"first-line-of-a-secret\n", "second-line-of-a-secret\n"} {
		if !slices.Contains(l.values, want) {
			t.Errorf("%q is not known: %q", want, l.values)
		}
	}
	if slices.Contains(l.values, "somebody") {
		t.Errorf("a user's name is taken for a secret: %q", l.values)
	}
	if slices.ContainsFunc(l.values, func(v string) bool { return strings.Contains(v, "mirror.example") }) {
		t.Errorf("the address of a mirror is taken for a secret: %q", l.values)
	}
}
