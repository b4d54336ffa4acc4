package address

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/howdah/howdah/internal/fault"
)

// Registry is a place for images: a host, and a path on it. "ghcr.io/owner".
type Registry struct {
	text     string
	Host     name.Registry // as go-containerregistry has it
	path     string        // without slashes at its ends; may be "" for a registry of one's own
	plain    bool          // HTTP is allowed
	loopback bool
}

// Parse parses "HOST/PATH", strictly. Plain HTTP is used for loopback addresses, and for the hosts in insecure.
func Parse(text string, insecure ...string) (Registry, error) {
	r, err := parseRegistry(text, insecure...)
	var bad *fault.Error
	if !errors.As(err, &bad) {
		return r, err
	}
	if right := Suggest(text); right != "" {
		return r, bad.WithHint("write it as %q", right)
	}
	return r, err
}

func parseRegistry(text string, insecure ...string) (Registry, error) {
	bad := func(why string) (Registry, error) {
		return Registry{}, fault.New(fault.Usage, "registry %q: %s", text, why).
			WithHint("write it as HOST/PATH in small letters, such as ghcr.io/owner or docker.io/owner")
	}
	switch {
	case text == "":
		return bad("is empty")
	case strings.Contains(text, "://"):
		return bad("has a scheme; plain HTTP is chosen with insecure = [\"HOST\"]")
	case strings.Contains(text, "@"):
		return bad("holds \"@\": neither credentials nor digests belong here")
	case text != strings.ToLower(text):
		return bad("has capital letters")
	}
	host, path, _ := strings.Cut(text, "/")
	if !IsHost(host) {
		return bad("begins with no host")
	}
	if to, ok := Website(text); ok {
		return bad("is the address of a website, not of a registry; its registry is " + to)
	}
	bare := WithoutPort(host)
	if bare != "localhost" && !strings.ContainsAny(host, ".:") {
		return bad("begins with no host: it would mean Docker Hub's docker.io/" + text)
	}
	if path == "" && strings.HasSuffix(text, "/") {
		return bad("ends in a slash")
	}
	if path != "" {
		for part := range strings.SplitSeq(path, "/") {
			if !IsPart(part) {
				return bad("part " + strconv.QuoteToASCII(part) + " of its path is not allowed")
			}
		}
	}
	if len(path) > 180 {
		return bad("is too long")
	}
	r := Registry{text: text, path: path, loopback: IsLoopback(bare), plain: IsLoopback(bare) ||
		slices.Contains(insecure, host) || slices.Contains(insecure, bare)}
	options := []name.Option{name.StrictValidation}
	if r.plain {
		options = append(options, name.Insecure)
	}
	reference := host
	if host == "docker.io" {
		reference = name.DefaultRegistry
	}
	var err error
	if r.Host, err = name.NewRegistry(reference, options...); err != nil {
		return bad(err.Error())
	}
	if path == "" && needsAccount(host) {
		return bad("lacks the account, as in ghcr.io/you")
	}
	return r, nil
}

// ParseAll parses several, and returns an error if one is named twice.
func ParseAll(texts []string, insecure ...string) ([]Registry, error) {
	var out []Registry
	for _, t := range texts {
		r, err := Parse(t, insecure...)
		if err != nil {
			return nil, err
		}
		for _, other := range out {
			if other.Host.RegistryStr() == r.Host.RegistryStr() && other.path == r.path {
				return nil, fault.New(fault.Usage, "registry %q is named twice", t)
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// String returns the registry as it was written.
func (r Registry) String() string { return r.text }

func (r Registry) Loopback() bool { return r.loopback }

// Name returns the full name of an image there: "ghcr.io/owner/mastodon".
func (r Registry) Name(image string) string { return r.text + "/" + image }

func (r Registry) IsHub() bool  { return r.Host.RegistryStr() == name.DefaultRegistry }
func (r Registry) IsGHCR() bool { return r.Host.RegistryStr() == "ghcr.io" }

func (r Registry) Repository(image string) (name.Repository, error) {
	if !IsPart(image) || len(image) > 60 {
		return name.Repository{}, fault.New(fault.Usage, "image name %q is not allowed in a registry", image)
	}
	path := image
	if r.path != "" {
		path = r.path + "/" + image
	}
	return r.Host.Repo(path), nil
}

// CheckTag returns an error for a text that cannot be a tag.
func CheckTag(tag string) error {
	if !IsTag(tag) {
		return fault.New(fault.Usage, "%q is not a tag", tag).
			WithHint(`use letters, digits, "_", "." and "-", at most 128; "." and "-" cannot be the first`)
	}
	return nil
}

// WithoutPort is the host alone; that of an IPv6 address has no brackets.
func WithoutPort(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}

// Forbids returns why the registry must not redirect to a host, and what to do about it; "" if it may. No registry
// may redirect to plain HTTP on another machine, and only one on this machine or in a private network may redirect
// there.
func (r Registry) Forbids(scheme, host string) (why, hint string) {
	own := host == WithoutPort(r.Host.RegistryStr())
	if scheme != "https" && !(scheme == "http" && (IsLoopback(host) || own && r.plain)) {
		why := fmt.Sprintf("%s leads to %q over %s, which is not encrypted", r, host, scheme)
		if own {
			return why, fmt.Sprintf("if it speaks plain HTTP only: insecure = [%q] in howdah.toml; behind a proxy "+
				"that speaks https it must know so (X-Forwarded-Proto)", host)
		}
		return why, "the registry's own configuration names that address (its host setting, or where it stores " +
			"blobs)"
	}
	if ip := net.ParseIP(host); ip != nil && !own && !r.loopback &&
		(ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()) {
		return fmt.Sprintf("%s leads to %q, an address inside a network", r, host),
			"the registry's own configuration names that address"
	}
	return "", ""
}
