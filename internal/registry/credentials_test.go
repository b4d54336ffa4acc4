package registry

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/howdah/howdah/internal/credential"
	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// basic is a registry that wants a user and a password.
type basic struct {
	http.Handler
	user, password string
	asked          atomic.Int32
}

func (b *basic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.asked.Add(1)
	if user, password, _ := r.BasicAuth(); user == b.user && password == b.password {
		b.Handler.ServeHTTP(w, r)
		return
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = w.Write([]byte(rt.Code("UNAUTHORIZED", "the token has expired")))
}

// TestBrokenDockerConfiguration: a credential helper that is not installed, or a file that cannot be read, is one
// warning that names the file. Then the next source counts, then nobody, and then the exit code is that of rights.
// Nothing of this is waited for or tried again.
func TestBrokenDockerConfiguration(t *testing.T) {
	const missing = `{"auths":{},"credsStore":"desktop.exe"}`
	token := map[string]string{"GITHUB_TOKEN": "right"}
	for name, test := range map[string]struct {
		config, host string
		env          map[string]string
		code         fault.Code
		says         string
	}{
		"helper, then GITHUB_TOKEN": {config: missing, host: "ghcr.io", env: token},
		"of one registry":           {config: `{"credHelpers":{"ghcr.io":"not-installed"}}`, host: "ghcr.io", env: token},
		"file, then GITHUB_TOKEN":   {config: `{"auths":`, host: "ghcr.io", env: token},
		"GITHUB_TOKEN is not for it": {config: missing, host: "quay.io", env: token, code: fault.Auth,
			says: "none were found"},
		"helper, then nobody": {config: missing, host: "ghcr.io", code: fault.Auth, says: "none were found"},
		"file, then nobody":   {config: `auths: {}`, host: "ghcr.io", code: fault.Auth, says: "none were found"},
		"helper, then a wrong token": {config: missing, host: "ghcr.io", env: map[string]string{"GITHUB_TOKEN": "wrong"},
			code: fault.Auth, says: "UNAUTHORIZED: the token has expired"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(test.config), 0o600); err != nil {
				t.Fatal(err)
			}
			var warnings []string
			keys := credential.New(func(name string) string {
				if name == "DOCKER_CONFIG" {
					return dir
				}
				return test.env[name]
			}, func(s string) { warnings = append(warnings, s) })
			server := &basic{Handler: rt.NewStore(), user: "x-access-token", password: "right"}
			waited := &impatient{}
			c := newClient(t, Options{Keychain: keys, Sleep: waited.sleep, Roots: rt.InProcess{test.host: server}})
			for range 2 {
				repo := must(c.Repo(parse(t, test.host+"/you"), "mastodon"))
				if err := repo.CanPush(t.Context()); fault.CodeOf(err) != test.code ||
					err != nil && !strings.Contains(err.Error(), test.says) {
					t.Errorf("expected exit %d and %q: %v", test.code, test.says, err)
				}
			}
			c.Close()
			if len(warnings) != 1 || !strings.Contains(warnings[0], filepath.Join(dir, "config.json")) {
				t.Errorf("warnings %q", warnings)
			}
			if waited.count() > 0 || server.asked.Load() > 8 {
				t.Errorf("%d waits, %d requests", waited.count(), server.asked.Load())
			}
		})
	}
}
