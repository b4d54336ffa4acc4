// Package address parses the addresses of registries, HOST/PATH, and proposes the right one for what somebody wrote.
package address

import (
	"net"
	"regexp"
	"strings"
)

var (
	host = regexp.MustCompile(
		`^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$`)
	part = regexp.MustCompile(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$`)
	tag  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
)

// IsHost reports whether text is a host with or without a port, in small letters.
func IsHost(text string) bool { return host.MatchString(text) }

// IsLoopback reports whether a host is certainly this machine: a loopback address, or localhost.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// IsPart reports whether text may stand between the slashes of a repository's path.
func IsPart(text string) bool { return part.MatchString(text) }

// IsTag reports whether registries take text for a tag (distribution-spec, "Pulling manifests").
func IsTag(text string) bool { return len(text) <= 128 && tag.MatchString(text) }

// websites are addresses that people know from their browser, and the registries that are meant.
var websites = map[string]string{
	"hub.docker.com":          "docker.io",
	"docker.com":              "docker.io",
	"www.docker.com":          "docker.io",
	"registry.hub.docker.com": "docker.io",
	"registry-1.docker.io":    "docker.io",
	"github.com":              "ghcr.io",
	"www.github.com":          "ghcr.io",
	"docker.pkg.github.com":   "ghcr.io",
	"gitlab.com":              "registry.gitlab.com",
}

// pagePath matches what such addresses have before the account: hub.docker.com/r/NAME, github.com/orgs/NAME/packages.
var pagePath = regexp.MustCompile(`^(?:r|u|_|orgs|users|repository/docker|repositories/docker|repositories)/`)

// Website returns the registry that is meant by the address of a website.
func Website(text string) (string, bool) {
	host, _, _ := strings.Cut(text, "/")
	to, ok := websites[host]
	return to, ok
}

// Suggest returns the right form of what somebody wrote for a registry; "" if it cannot be guessed.
func Suggest(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text = rest
	}
	text, _, _ = strings.Cut(text, "?")
	text, _, _ = strings.Cut(text, "#")
	host, path, _ := strings.Cut(strings.Trim(text, "/"), "/")
	if host == "" {
		return ""
	}
	if to, ok := websites[host]; ok {
		path = pagePath.ReplaceAllString(path, "")
		if account, _, ok := strings.Cut(path, "/"); ok && to != "registry.gitlab.com" {
			path = account // the rest is an image, or a page of the account
		}
		host = to
	} else if !strings.ContainsAny(host, ".:") && host != "localhost" {
		host, path = "docker.io", strings.Trim(host+"/"+path, "/")
	}
	if !IsHost(host) {
		return ""
	}
	out := host
	for part := range strings.SplitSeq(path, "/") {
		if part == "" {
			continue
		}
		if !IsPart(part) {
			return ""
		}
		out += "/" + part
	}
	if needsAccount(host) && out == host {
		out += "/OWNER"
	}
	return out
}

// needsAccount reports whether images can only be pushed to the registry under an account's name.
func needsAccount(host string) bool {
	switch host {
	case "docker.io", "index.docker.io", "ghcr.io", "quay.io", "registry.gitlab.com":
		return true
	}
	return false
}
