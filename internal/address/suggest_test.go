package address

import "testing"

// TestSuggest: what people write who know a registry from their browser, and what they mean.
func TestSuggest(t *testing.T) {
	for in, want := range map[string]string{
		"hub.docker.com/r/you":                           "docker.io/you",
		"hub.docker.com/r/you/mastodon":                  "docker.io/you",
		"https://hub.docker.com/u/you":                   "docker.io/you",
		"https://hub.docker.com/r/you/mastodon/tags?p=1": "docker.io/you",
		"hub.docker.com/repository/docker/you/mastodon":  "docker.io/you",
		"https://hub.docker.com/repositories/you":        "docker.io/you",
		"hub.docker.com":                                 "docker.io/OWNER",
		"docker.com/you":                                 "docker.io/you",
		"registry-1.docker.io/you":                       "docker.io/you",
		"docker.io":                                      "docker.io/OWNER",
		"docker.io/You":                                  "docker.io/you",
		"DOCKER.IO/you/":                                 "docker.io/you",
		"you":                                            "docker.io/you",
		"you/mastodon":                                   "docker.io/you/mastodon",
		"github.com/you":                                 "ghcr.io/you",
		"https://github.com/You/mastodon":                "ghcr.io/you",
		"https://github.com/orgs/you/packages":           "ghcr.io/you",
		"docker.pkg.github.com/you/mastodon":             "ghcr.io/you",
		"ghcr.io":                                        "ghcr.io/OWNER",
		"ghcr.io/":                                       "ghcr.io/OWNER",
		"ghcr.io/you/":                                   "ghcr.io/you",
		"ghcr.io//you":                                   "ghcr.io/you",
		" ghcr.io/you":                                   "ghcr.io/you",
		"https://ghcr.io/You":                            "ghcr.io/you",
		"gitlab.com/you/mastodon":                        "registry.gitlab.com/you/mastodon",
		"registry.example:5000/You/":                     "registry.example:5000/you",
		"":                                               "",
		"/":                                              "",
		"user:pw@ghcr.io/o":                              "",
		"ghcr.io/o@sha256:0":                             "",
		"ghcr.io/a..b":                                   "",
		"ghcr.io/../o":                                   "",
		"ghcr.io/o:latest":                               "",
	} {
		if got := Suggest(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
