package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// tokens is a registry that wants bearer tokens, each good for so many requests.
type tokens struct {
	http.Handler
	host string
	good int

	ended func(n int) bool // which tokens have ended before they are used; nil is none

	mu     sync.Mutex
	made   int
	left   map[string]int
	basic  []string
	scopes []string
}

func (k *tokens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		user, password, _ := r.BasicAuth()
		k.mu.Lock()
		defer k.mu.Unlock()
		k.basic = append(k.basic, user+":"+password)
		k.scopes = append(k.scopes, r.URL.Query()["scope"]...)
		if password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		k.made++
		token := fmt.Sprintf("t%d", k.made)
		if k.left[token] = k.good; k.ended != nil && k.ended(k.made) {
			k.left[token] = 0
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"token": token, "expires_in": 60})
		return
	}
	k.mu.Lock()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	ok := k.left[token] > 0
	k.left[token]--
	k.mu.Unlock()
	if !ok {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="http://%s/token",service="test"`, k.host))
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(rt.Code("UNAUTHORIZED", "expired")))
		return
	}
	k.Handler.ServeHTTP(w, r)
}

func newTokens(t *testing.T, good int) (*tokens, address.Registry) {
	t.Helper()
	backend := rt.New(t, distributed(t))
	k := &tokens{good: good, left: map[string]int{},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { forward(w, r, backend.Address) })}
	s := httptest.NewServer(k)
	t.Cleanup(s.Close)
	k.host = strings.TrimPrefix(s.URL, "http://")
	return k, parse(t, k.host+"/owner")
}

// forward passes a request on.
func forward(w http.ResponseWriter, r *http.Request, to string) {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host, out.RequestURI = "http", to, ""
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(out)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	for name, v := range resp.Header {
		w.Header()[name] = v
	}
	w.WriteHeader(resp.StatusCode)
	buf := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buf)
		_, _ = w.Write(buf[:n])
		if err != nil {
			return
		}
	}
}

type password string

func (p password) Resolve(authn.Resource) (authn.Authenticator, error) {
	return authn.FromConfig(authn.AuthConfig{Username: "me", Password: string(p)}), nil
}

// TestTokensThatRunOut has tokens that are good for three requests: they end in the middle of every upload.
func TestTokensThatRunOut(t *testing.T) {
	_, content := built(t, 3, 300<<10)
	k, r := newTokens(t, 3)
	if err := deliver(t, newClient(t, Options{Keychain: password("secret"), jobs: 1}), r, content); err != nil {
		t.Fatal(err)
	}
	if k.made < 5 {
		t.Errorf("only %d tokens were needed", k.made)
	}
	if want := "repository:owner/mastodon:push,pull"; k.scopes[0] != want {
		t.Errorf("scope %q", k.scopes[0])
	}
}

func TestWrongPassword(t *testing.T) {
	_, content := built(t, 1, 100)
	_, r := newTokens(t, 3)
	err := deliver(t, newClient(t, Options{Keychain: password("wr0ng-pa55")}), r, content)
	if fault.CodeOf(err) != fault.Auth || strings.Contains(err.Error()+fault.HintOf(err).String(), "wr0ng-pa55") {
		t.Error(err)
	}
}

func TestPlainHTTPAndInnerAddresses(t *testing.T) {
	public, loopback, plain := parse(t, "ghcr.io/o"), parse(t, "127.0.0.1:1/o"),
		must(address.Parse("plain.example/o", "plain.example"))
	inner := must(address.Parse("10.0.0.5:5000/o"))
	named := must(address.Parse("10.0.0.5:5000/o", "10.0.0.5"))
	for _, test := range []struct {
		r            address.Registry
		scheme, host string
		ok           bool
	}{
		{public, "https", "ghcr.io", true}, {public, "https", "cdn.example", true}, {public, "http", "ghcr.io", false},
		{public, "http", "cdn.example", false},
		{public, "https", "169.254.169.254", false}, {public, "https", "10.1.2.3", false},
		{public, "https", "127.0.0.1", false}, {public, "http", "127.0.0.1", false}, {public, "https", "::1", false},
		{public, "https", "0.0.0.0", false},
		{public, "ftp", "ghcr.io", false}, {public, "file", "", false},
		{loopback, "http", "127.0.0.1", true}, {loopback, "https", "127.0.0.1", true},
		{loopback, "http", "example.com", false},
		{plain, "http", "plain.example", true}, {plain, "http", "other.example", false},
		{inner, "http", "10.0.0.5", false}, {inner, "https", "10.0.0.5", true}, {named, "http", "10.0.0.5", true},
		{named, "http", "10.0.0.6", false},
	} {
		if why, _ := test.r.Forbids(test.scheme, test.host); (why == "") != test.ok {
			t.Errorf("%s to %s://%s: %q", test.r, test.scheme, test.host, why)
		}
	}
	// A registry on a private network is not spoken to in plain text unless it is named.
	err := must(newClient(t, Options{Tries: 1}).Repo(inner, "web")).CanPush(canceled(t))
	if err == nil {
		t.Error("plain HTTP to a private address")
	}
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// TestPasswordsStayAtHome has a registry that sends uploads and downloads elsewhere: credentials do not follow.
func TestPasswordsStayAtHome(t *testing.T) {
	_, content := built(t, 1, 3<<10)
	var seen []string
	var mu sync.Mutex
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Method+" "+r.URL.Path)
		if a := r.Header.Get("Authorization"); a != "" {
			t.Errorf("%s %s carried %q", r.Method, r.URL.Path, a)
		}
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(thief.Close)
	elsewhere := strings.Replace(thief.URL, "127.0.0.1", "localhost", 1)
	k, r := newTokens(t, 1000)
	inside := k.Handler
	k.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Location", elsewhere+"/steal?state=1")
			w.WriteHeader(http.StatusAccepted)
			return
		}
		inside.ServeHTTP(w, r)
	})
	if err := deliver(t, newClient(t, Options{Keychain: password("secret"), Tries: 2}), r, content); err == nil {
		t.Error("no error")
	}
	k.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/") {
			http.Redirect(w, r, elsewhere+"/blob", http.StatusTemporaryRedirect)
			return
		}
		inside.ServeHTTP(w, r)
	})
	if err := deliver(t, newClient(t, Options{Keychain: password("secret"), Tries: 2}), r, content); err == nil {
		t.Error("no error")
	}
	if len(seen) < 2 {
		t.Errorf("the other host saw %v", seen)
	}
	for _, bad := range []string{"http://169.254.169.254/latest/meta-data", "http://example.com/x", "ftp://127.0.0.1/",
		"::"} {
		k.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.Header().Set("Location", bad)
				w.WriteHeader(http.StatusAccepted)
				return
			}
			inside.ServeHTTP(w, r)
		})
		// Another image, so that nothing exists already.
		_, fresh := built(t, 1, 3<<10)
		if err := deliver(t, newClient(t, Options{Keychain: password("secret"), Tries: 2}), r,
			fresh); fault.CodeOf(err) != fault.Registry {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestTagsOfManyPages(t *testing.T) {
	pages := map[string]string{"": `{"tags":["b","a"]}`, "2": `{"tags":["c","-bad",""]}`, "3": `{"tags":null}`}
	next := map[string]string{"": `</v2/o/web/tags/list?last=2>; rel="next"`,
		"2": `</v2/o/web/tags/list?last=3>; rel=next`}
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/" {
			return
		}
		last := r.URL.Query().Get("last")
		if link := next[last]; link != "" {
			w.Header().Set("Link", link)
		}
		_, _ = w.Write([]byte(pages[last]))
	}))
	repo := must(newClient(t, Options{}).Repo(parse(t, address+"/o"), "web"))
	if tags, err := repo.Tags(t.Context()); err != nil || strings.Join(tags, " ") != "a b c" {
		t.Error(tags, err)
	}
	next["2"] = `<https://evil.example/v2/o/web/tags/list>; rel="next"`
	if _, err := repo.Tags(t.Context()); fault.CodeOf(err) != fault.Registry {
		t.Error(err)
	}
	next["2"], next["3"] = `</v2/o/web/tags/list?last=3>; rel="next"`, `</v2/o/web/tags/list?last=3>; rel="next"`
	if _, err := repo.Tags(t.Context()); fault.CodeOf(err) != fault.Registry {
		t.Error("without end:", err)
	}
}
