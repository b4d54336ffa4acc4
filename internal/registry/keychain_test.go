package registry

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

func TestKeychain(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	t.Setenv("HOME", t.TempDir())
	t.Setenv("REGISTRY_AUTH_FILE", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := map[string]string{"DOCKERHUB_USERNAME": "hub", "DOCKERHUB_TOKEN": "t1", "GITHUB_TOKEN": "t2", "GITHUB_ACTOR": "octo"}
	for name, test := range map[string]struct {
		config, host string
		env          map[string]string
		want         string
	}{
		"hub from the environment":       {host: "docker.io/o", env: all, want: "hub:t1"},
		"hub before docker":              {config: `{"auths":{"https://index.docker.io/v1/":{"auth":"` + encode("d:p") + `"}}}`, host: "docker.io/o", env: all, want: "hub:t1"},
		"hub from docker":                {config: `{"auths":{"https://index.docker.io/v1/":{"auth":"` + encode("d:p") + `"}}}`, host: "docker.io/o", env: map[string]string{"DOCKERHUB_TOKEN": "alone"}, want: "d:p"},
		"ghcr":                           {host: "ghcr.io/o", env: all, want: "octo:t2"},
		"ghcr without actor":             {host: "ghcr.io/o", env: map[string]string{"GITHUB_TOKEN": "t2"}, want: "x-access-token:t2"},
		"docker before GITHUB_TOKEN":     {config: `{"auths":{"ghcr.io":{"auth":"` + encode("me:pat") + `"}}}`, host: "ghcr.io/o", env: all, want: "me:pat"},
		"GITHUB_TOKEN goes nowhere else": {host: "quay.io/o", env: all},
		"nor to a lookalike":             {host: "ghcr.io.example/o", env: all},
		"nor to hub":                     {host: "docker.io/o", env: map[string]string{"GITHUB_TOKEN": "t2"}},
		"none":                           {host: "ghcr.io/o"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.config == "" {
				test.config = "{}"
			}
			write(test.config)
			auth, err := authn.Resolve(t.Context(), Keychain(func(k string) string { return test.env[k] }), mustRepo(t, test.host))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if auth != authn.Anonymous {
				c := must(authn.Authorization(t.Context(), auth))
				got = c.Username + ":" + c.Password
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func mustRepo(t *testing.T, host string) name.Repository {
	t.Helper()
	n, err := parse(t, host).repository("web")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type broken struct{}

func (broken) Resolve(authn.Resource) (authn.Authenticator, error) {
	return nil, errors.New("helper says \x1b[31m::error::no")
}

func TestKeychainHelperThatFails(t *testing.T) {
	_, err := keychain{env: func(string) string { return "" }, docker: broken{}}.Resolve(mustRepo(t, "ghcr.io/o"))
	if err == nil || strings.Contains(err.Error(), "\x1b") || !strings.Contains(err.Error(), "ghcr.io") {
		t.Error(err)
	}
}
