package secret

import (
	"encoding/base64"
	"slices"
	"testing"
)

// TestOfConfigurations: what a variable or a file holds in the forms of other programs is known in its parts: a server
// gives back the password alone.
func TestOfConfigurations(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		name, text   string
		want, unwant []string
	}{
		{name: "BUNDLE_GEMS__EXAMPLE__COM", text: "me:the-pass", want: []string{"the-pass", b64("me:the-pass")},
			unwant: []string{"me"}},
		{name: "BUNDLE_GITHUB__COM", text: "the-token:x-oauth-basic", want: []string{"the-token"}},
		{name: "BUNDLE_GEM__FURY__IO", text: "the-token", want: []string{"the-token"}},
		{name: "BUNDLE_BUILD__NOKOGIRI", text: "--use-system-libraries"},
		{name: "npm_config_//r.example/:_password", text: b64("the-pass"), want: []string{b64("the-pass"), "the-pass"}},
		{name: "npm_config__auth", text: b64("me:the-pass"), want: []string{"the-pass", b64("me:the-pass")}},
		{name: "npm_config_//r.example/:_authToken", text: "${NPM_TOKEN}"},
		{name: "REGISTRY_AUTH", text: "me:pa:ss-word", want: []string{"pa:ss-word"}},
		{name: "GOPROXY", text: "https://me:the-pass@proxy.example,direct", want: []string{"the-pass"}},
		{name: "GOPROXY", text: "https://a.example|https://me:the-pass@proxy.example|direct", want: []string{"the-pass"}},
		{name: "PIP_OPTIONS", text: "--index-url=https://me:the-pass@pypi.example/simple", want: []string{"the-pass"}},
		{name: "NPMRC", text: "registry=https://r.example/\n//r.example/:_authToken=the-token\n//s.example/:_password = \"" +
			b64("the-pass") + "\"\n//s.example/:username=somebody\n//u.example/:_authToken=${NPM_TOKEN}\n",
			want: []string{"the-token", "the-pass"}, unwant: []string{"somebody", "${NPM_TOKEN}", "https://r.example/"}},
		{name: "NETRC", text: "machine h.example\n\tlogin somebody\n\tpassword the-pass\n" +
			"default login x password \"qu\\\"oted\"\n", want: []string{"the-pass", `qu"oted`}, unwant: []string{"somebody"}},
		{name: "NETRC", text: "machine h.example login somebody password the-pass", want: []string{"the-pass"}},
		{name: "DOCKER_AUTH_CONFIG", text: `{"auths":{"a":{"auth":"` + b64("me:the-pass") + `"},"b":{"username":"somebody",` +
			`"password":"pass-b"},"c":{"registrytoken":"token-c"}},` +
			`"proxies":{"default":{"httpsProxy":"http://me:pass-p@p.example"}}}`,
			want: []string{"the-pass", "pass-b", "token-c", "pass-p"}, unwant: []string{"somebody"}},
		{name: "BUNDLE_CREDENTIALS", text: "---\nBUNDLE_GEMS__EXAMPLE__COM: \"me:the-pass\"\n" +
			"BUNDLE_FROZEN: \"plain-value\"\n",
			want: []string{"the-pass"}, unwant: []string{"plain-value"}},
		{name: "PLAIN", text: "me:the-pass", unwant: []string{"the-pass"}},
		{name: "API_TOKEN", text: "dG9rZW4tb2Y", want: []string{"dG9rZW4tb2Y"}},
	} {
		got := Of(c.name, c.text)
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %q lacks %q", c.name, got, w)
			}
		}
		for _, w := range c.unwant {
			if slices.Contains(got, w) {
				t.Errorf("%s: %q has %q", c.name, got, w)
			}
		}
		if len(c.want)+len(c.unwant) == 0 && len(got) > 0 {
			t.Errorf("%s: %q, want nothing", c.name, got)
		}
	}
}
