package credential

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

func encode(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// resolve asks a chain for "user:password" of a repository; "" is nobody.
func resolve(t *testing.T, c *Chain, repository string) string {
	t.Helper()
	repo, err := name.NewRepository(repository)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := authn.Resolve(t.Context(), c, repo)
	if err != nil {
		t.Fatal(err)
	}
	if auth == authn.Anonymous {
		return ""
	}
	got, err := authn.Authorization(t.Context(), auth)
	if err != nil {
		t.Fatal(err)
	}
	return got.Username + ":" + got.Password
}

// environment returns variables over a folder for Docker's configuration.
func environment(dir string, vars map[string]string) func(string) string {
	return func(k string) string {
		if v, ok := vars[k]; ok || k != "DOCKER_CONFIG" {
			return v
		}
		return dir
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestOrder(t *testing.T) {
	all := map[string]string{"DOCKERHUB_USERNAME": "hub", "DOCKERHUB_TOKEN": "t1", "GITHUB_TOKEN": "t2",
		"GITHUB_ACTOR": "octo"}
	hub := `{"auths":{"https://index.docker.io/v1/":{"auth":"` + encode("d:p") + `"}}}`
	for name, test := range map[string]struct {
		config, host string
		env          map[string]string
		want         string
	}{
		"hub from the environment": {host: "docker.io/o", env: all, want: "hub:t1"},
		"hub before docker":        {config: hub, host: "docker.io/o", env: all, want: "hub:t1"},
		"hub from docker": {config: hub, host: "docker.io/o",
			env: map[string]string{"DOCKERHUB_TOKEN": "alone"}, want: "d:p"},
		"ghcr": {host: "ghcr.io/o", env: all, want: "octo:t2"},
		"ghcr without actor": {host: "ghcr.io/o", env: map[string]string{"GITHUB_TOKEN": "t2"},
			want: "x-access-token:t2"},
		"docker before GITHUB_TOKEN": {config: `{"auths":{"ghcr.io":{"auth":"` + encode("me:pat") + `"}}}`,
			host: "ghcr.io/o", env: all, want: "me:pat"},
		"GITHUB_TOKEN goes nowhere else": {host: "quay.io/o", env: all},
		"nor to a lookalike":             {host: "ghcr.io.example/o", env: all},
		"nor to hub":                     {host: "docker.io/o", env: map[string]string{"GITHUB_TOKEN": "t2"}},
		"none":                           {host: "ghcr.io/o"},
		"one repository of Podman's": {config: `{"auths":{"ghcr.io/o/web":{"auth":"` + encode("one:p") +
			`"},"ghcr.io":{"auth":"` + encode("me:p") + `"}}}`, host: "ghcr.io/o", want: "one:p"},
		"loopback from the file": {config: `{"auths":{"127.0.0.1:5000":{"auth":"` + encode("l:p") + `"}}}`,
			host: "127.0.0.1:5000/o", want: "l:p"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if test.config != "" {
				write(t, filepath.Join(dir, "config.json"), test.config, 0o600)
			}
			c := New(environment(dir, test.env), func(s string) { t.Errorf("warns: %s", s) })
			if got := resolve(t, c, test.host+"/web"); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestBroken: a source that is broken is one warning that names the file, and the next source is used.
func TestBroken(t *testing.T) {
	programs := t.TempDir()
	t.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	write(t, filepath.Join(programs, "docker-credential-angry"),
		"#!/bin/sh\nprintf '\\033[31m::error::no\\nreally'; exit 1\n", 0o755)
	write(t, filepath.Join(programs, "docker-credential-garbled"), "#!/bin/sh\necho '<html>'\n", 0o755)
	write(t, filepath.Join(programs, "docker-credential-knowsnothing"),
		"#!/bin/sh\necho credentials not found in native keychain; exit 1\n", 0o755)
	write(t, filepath.Join(programs, "docker-credential-locked"), "#!/bin/sh\nexec sleep 1\n", 0o755)
	write(t, filepath.Join(programs, "docker-credential-ok"), "#!/bin/sh\necho '{\"Username\":\"u\",\"Secret\":\"s\"}'\n",
		0o755)
	token := map[string]string{"GITHUB_TOKEN": "t"}
	const next = "x-access-token:t"
	for name, test := range map[string]struct {
		config, want string
		says         []string // empty: no warning
	}{
		"helper not installed": {`{"auths":{},"credsStore":"desktop.exe"}`, next,
			[]string{"docker-credential-desktop.exe", "not found"}},
		"of one registry": {`{"credHelpers":{"ghcr.io":"gh-missing"}}`, next,
			[]string{"docker-credential-gh-missing", "credHelpers"}},
		"of another registry":    {`{"credHelpers":{"gcr.io":"missing"}}`, next, nil},
		"helper fails":           {`{"credsStore":"angry"}`, next, []string{"docker-credential-angry", "really"}},
		"helper answers garbage": {`{"credsStore":"garbled"}`, next, []string{"docker-credential-garbled"}},
		"helper does not answer": {`{"credsStore":"locked"}`, next,
			[]string{"docker-credential-locked", "no answer within"}},
		"helper knows nothing": {`{"credsStore":"knowsnothing"}`, next, nil},
		"helper works":         {`{"credsStore":"ok"}`, "u:s", nil},
		"a plain entry beside it": {`{"auths":{"ghcr.io":{"auth":"` + encode("me:pat") + `"}},"credsStore":"missing"}`,
			"me:pat", []string{"docker-credential-missing"}},
		"not JSON":                  {`auths: {}`, next, []string{"cannot be read"}},
		"cut off":                   {`{"auths":{"ghcr.io":`, next, []string{"cannot be read"}},
		"an entry that is no login": {`{"auths":{"ghcr.io":{"auth":"!!!"}}}`, next, []string{"cannot be read"}},
		"empty":                     {``, next, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "config.json"), test.config, 0o600)
			var warnings []string
			c := New(environment(dir, token), func(s string) { warnings = append(warnings, s) })
			if strings.Contains(name, "does not answer") {
				c.wait = 50 * time.Millisecond
			}
			for range 2 {
				if got := resolve(t, c, "ghcr.io/o/web"); got != test.want {
					t.Errorf("%q, want %q", got, test.want)
				}
			}
			if want := min(1, len(test.says)); len(warnings) != want {
				t.Fatalf("%d warnings, want %d: %q", len(warnings), want, warnings)
			}
			for _, w := range warnings {
				for _, says := range append(test.says, filepath.Join(dir, "config.json")) {
					if !strings.Contains(w, says) || strings.ContainsAny(w, "\x1b\n") || strings.Contains(w, "::") {
						t.Errorf("%q in %q", says, w)
					}
				}
			}
		})
	}
	t.Run("loopback asks nobody", func(t *testing.T) {
		for _, config := range []string{`{"credsStore":"angry"}`, `auths: {}`} {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "config.json"), config, 0o600)
			c := New(environment(dir, token), func(s string) { t.Errorf("warns: %s", s) })
			for _, host := range []string{"127.0.0.1:5000", "localhost:5000", "[::1]:5000"} {
				if got := resolve(t, c, host+"/web"); got != "" {
					t.Errorf("%s: %q", host, got)
				}
			}
		}
	})
	t.Run("a file that may not be read", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "config.json"), 0o755); err != nil {
			t.Fatal(err)
		}
		warned := 0
		c := New(environment(dir, token), func(string) { warned++ })
		if got := resolve(t, c, "ghcr.io/o/web"); got != next || warned != 1 {
			t.Errorf("%q, %d warnings", got, warned)
		}
	})
}

// TestPodman: where Docker has no configuration, Podman's counts.
func TestPodman(t *testing.T) {
	home := t.TempDir()
	write(t, filepath.Join(home, ".config", "containers", "auth.json"),
		`{"auths":{"quay.io":{"auth":"`+encode("p:q")+`"}}}`, 0o600)
	c := New(func(k string) string { return map[string]string{"HOME": home}[k] }, nil)
	if got := resolve(t, c, "quay.io/o/web"); got != "p:q" {
		t.Errorf("%q", got)
	}
}

// TestReason: of a helper's words so much is repeated that the start of a secret is left with a sign behind it, by
// which it is masked.
func TestReason(t *testing.T) {
	for text, want := range map[string]string{
		"short": "short",
		strings.Repeat("x", 290) + " s3cr3t-value": strings.Repeat("x", 290) + " s3cr3t-va...",
		strings.Repeat("x", 299) + "é":             strings.Repeat("x", 299) + "...",
		"a\x1b[31m::b":                             `a\x1b[31m:\x3ab`,
	} {
		if got := reason(errors.New(text)); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
