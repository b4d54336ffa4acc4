package secret

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestNamed(t *testing.T) {
	for _, name := range strings.Fields(`PGPASSWORD MYSQL_PWD X_APIKEY X_API_KEY GPG_PASSPHRASE SMTP_PASS NPM_AUTHTOKEN AZURE_PAT REDIS_PASSWD
		REGISTRY_AUTH AWS_CREDENTIALS SECRET_KEY_BASE SLACK_WEBHOOK SLACK_WEBHOOK_URL GIT_CONFIG_VALUE_0 GIT_CONFIG_VALUE_12 GITHUB_TOKEN
		NPM_TOKEN SSHPASS TOKEN SECRET OTP_SECRET AWS_SECRET_ACCESS_KEY signing_key VAPID_PRIVATE_KEY accessToken client_secret access_token
		BUNDLE_GEMS__EXAMPLE__COM BUNDLE_GITHUB__COM BUNDLE_GEM__FURY__IO NPMRC NETRC //r.example/:_password _auth
		private-token SENTRY_DSN DOCKER_AUTH_CONFIG X-Amz-Signature sig KEY API_TOKENS apiKey`) {
		if !Named(name) {
			t.Errorf("%s is not taken for a secret", name)
		}
	}
	for _, name := range strings.Fields(`PWD OLDPWD PATH HOME GIT_ASKPASS SSH_ASKPASS SSH_AUTH_SOCK VAPID_PUBLIC_KEY SECRET_KEY_BASE_DUMMY MONKEY
		GITHUB_ACTOR GITHUB_REPOSITORY GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 DEBIAN_VERSION AUTHOR KEYBOARD SOURCE_BASE_URL TOKEN_FILE BYPASS OAUTH
		BUNDLE_MIRROR__ALL BUNDLE_MIRROR__ALL__FALLBACK_TIMEOUT BUNDLE_BUILD__NOKOGIRI BUNDLE_GEM__TEST BUNDLE_LOCAL__RACK
		BUNDLE_GITHUB__HTTPS BUNDLE_FROZEN BUNDLE_APP_CONFIG __ BUNDLE___ GOPROXY NPM_CONFIG_REGISTRY always-auth-for`) {
		if Named(name) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
	if Named("") {
		t.Error("no name at all")
	}
}

func TestMaskForms(t *testing.T) {
	const challenge = `WWW-Authenticate: Bearer realm="https://a.example/token"`
	for text, want := range map[string]string{
		"Authorization: Basic dTpw":                             "Authorization: ***",
		"> authorization: token abcdef":                         "> authorization: ***",
		`{"Authorization":"Bearer abc.def"}`:                    `{"Authorization":"***"}`,
		"Proxy-Authorization: Basic dTpwYXNzd29yZA==\nnext":     "Proxy-Authorization: ***\nnext",
		"PRIVATE-TOKEN: abcdefgh":                               "PRIVATE-TOKEN: ***",
		"Set-Cookie: session=abcdef; Path=/":                    "Set-Cookie: ***; Path=/",
		"curl -H 'Authorization: Bearer xyz' -v":                "curl -H 'Authorization: ***' -v",
		"sent Basic dXNlcjpwYXNzd29yZA== to it":                 "sent Basic *** to it",
		"Basic authentication, a basic understanding":           "Basic authentication, a basic understanding",
		"Bearer Zm9vYmFyYmF6":                                   "Bearer ***",
		challenge:                                               challenge,
		"a Bearer token is needed":                              "a Bearer token is needed",
		"see ghp_0123456789abcdefghij0123456789abcdef.":         "see ***.",
		"github_pat_11ABCDEFG0123456789_abcdef":                 "***",
		"dckr_pat_AbCdEf-0123456789":                            "***",
		"glpat-AbCdEf0123456789xyz":                             "***",
		"t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl e": "t *** e",
		"https://user:pass@host/x and https://tok@host/x":       "https://***@host/x and https://***@host/x",
		"ssh://git@github.com/x":                                "ssh://git@github.com/x",
		"docker-image://ruby:3.4@sha256:12ab":                   "docker-image://ruby:3.4@sha256:12ab",
		"ssh://git:pw@github.com/x":                             "ssh://***@github.com/x",
		"https://h/x?access_token=abc&page=2":                   "https://h/x?access_token=***&page=2",
		"https://b/o?X-Amz-Date=1&X-Amz-Signature=00ff&x=y": "https://b/o?X-Amz-Date=1" +
			"&X-Amz-Signature=***&x=y",
		"https://b/o?se=1&amp;sig=abc%3D":                                       "https://b/o?se=1&amp;sig=***",
		"https://hooks.slack.com/services/T0/B0/abc":                            "***",
		"https://discord.com/api/webhooks/1/abc x":                              "*** x",
		`{"token":"abcdefgh","expires_in":3600}`:                                `{"token":"***","expires_in":3600}`,
		"-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n": "***\n",
		"sha256:0123456789abcdef0123456789abcdef and a?b=c": "sha256:0123456789abcdef0123456789abcdef " +
			"and a?b=c",
	} {
		if got := MaskForms(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestShow(t *testing.T) {
	for address, want := range map[string]string{
		"https://u:p@h/x.git?access_token=a#b": "https://h/x.git?…",
		"https://h/x.git":                      "https://h/x.git",
		"git@h:x/y.git":                        "git@h:x/y.git",
		"/a/b?c":                               "/a/b?…",
		"https://h#t":                          "https://h?…",
		"ssh://git@h/x":                        "ssh://h/x",
	} {
		if got := Show(address); got != want {
			t.Errorf("%q is shown as %q, want %q", address, got, want)
		}
	}
}

func TestOf(t *testing.T) {
	auth := base64.StdEncoding.EncodeToString([]byte("u:docker-pw"))
	for name, c := range map[string]struct {
		value string
		want  []string
	}{
		"DATABASE_URL": {"postgres://u:url-pw@h/d", []string{"url-pw"}},
		"MY_TOKEN":     {"abc-token", []string{"abc-token"}},
		"DOCKER_AUTH_CONFIG": {`{"auths":{"h":{"auth":"` + auth + `","identitytoken":"id-token"}}}`, []string{auth,
			"docker-pw", "id-token"}},
		"GIT_CONFIG_VALUE_0": {"Authorization: Basic " + auth, []string{auth, "docker-pw"}},
		"HOOK":               {"https://hooks.slack.com/services/T0/B0/abc", []string{"/services/T0/B0/abc"}},
	} {
		got := Of(name, c.value)
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %q lacks %q", name, got, w)
			}
		}
	}
	for _, value := range []string{"/dev/null", "https://github.com/"} {
		if got := Of("GIT_CONFIG_VALUE_0", value); len(got) > 0 {
			t.Errorf("%q holds %q", value, got)
		}
	}
	if got := Of("PATH", "/usr/bin"); len(got) > 0 {
		t.Errorf("a path holds %q", got)
	}
}

// keeper keeps what it is told.
type keeper struct {
	mu     sync.Mutex
	values []string
}

func (k *keeper) Add(values ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.values = append(k.values, values...)
}

func (k *keeper) Mask(text string) string { return "masked " + text }
func (k *keeper) Holds(string) bool       { return false }

func (k *keeper) Follow(func(values []string)) (stop func()) { return func() {} }

func TestTransport(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_,
			_ = io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	k := &keeper{}
	ctx := With(context.Background(), k)
	form := strings.NewReader(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"of-the-form"}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/x?access_token=of%2Bthe-query&page=1", form)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", "a=of-a-cookie; b=of-another")
	req.Header.Set("X-Own", "of-a-header")
	req.SetBasicAuth("user", "of-the-login")
	resp, err := (&http.Client{Transport: Transport{}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for _, want := range []string{"of-the-form", "of+the-query", "of%2Bthe-query", "of-a-cookie", "of-another",
		"of-a-header", "of-the-login", "user:of-the-login",
		base64.StdEncoding.EncodeToString([]byte("user:of-the-login"))} {
		if !slices.Contains(k.values, want) {
			t.Errorf("%q is not known: %q", want, k.values)
		}
	}
	if slices.Contains(k.values, "user") || slices.Contains(k.values, "refresh_token") || slices.Contains(k.values, "1") {
		t.Errorf("what is no secret is known: %q", k.values)
	}
	if got := Mask(ctx, "x"); got != "masked x" {
		t.Error(got)
	}
	if got := Mask(context.Background(), "https://u:p@h"); got != "https://***@h" {
		t.Error(got)
	}
	Learn(context.Background(), "nobody keeps it") // does nothing
}
