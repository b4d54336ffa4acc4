// Package registry brings images to container registries and reads them back: contents (manifests and blobs,
// from a layout on disk or from another registry) go in, digests and tags that were read back over the wire come
// out. Authentication and references are go-containerregistry's; the transport, its patience and the uploads
// are our own, because a release must be able to go on where a registry stumbled.
package registry

import (
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
)

// Registry is a place that keeps images: a host, and a path under which they lie. "ghcr.io/owner".
type Registry struct {
	text     string
	host     name.Registry
	path     string // without slashes at its ends; may be empty for a registry of one's own
	plain    bool   // HTTP is allowed
	loopback bool
}

// Parse reads "HOST/PATH", strictly. Plain HTTP is for loopback addresses, and for the hosts that insecure names.
func Parse(text string, insecure ...string) (Registry, error) {
	r, err := parseRegistry(text, insecure...)
	var bad *fault.Error
	if !errors.As(err, &bad) {
		return r, err
	}
	if right := address.Suggest(text); right != "" {
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
	if !address.IsHost(host) {
		return bad("begins with no host")
	}
	if to, ok := address.Website(text); ok {
		return bad("is the address of a website, not of a registry; its registry is " + to)
	}
	bare := withoutPort(host)
	if bare != "localhost" && !strings.ContainsAny(host, ".:") {
		return bad("begins with no host: it would mean Docker Hub's docker.io/" + text)
	}
	if path == "" && strings.HasSuffix(text, "/") {
		return bad("ends in a slash")
	}
	if path != "" {
		for part := range strings.SplitSeq(path, "/") {
			if !address.IsPart(part) {
				return bad("part " + quote(part) + " of its path is not allowed")
			}
		}
	}
	if len(path) > 180 {
		return bad("is too long")
	}
	r := Registry{text: text, path: path, loopback: address.IsLoopback(bare), plain: address.IsLoopback(bare) ||
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
	if r.host, err = name.NewRegistry(reference, options...); err != nil {
		return bad(err.Error())
	}
	if path == "" && address.NeedsAccount(host) {
		return bad("lacks the account, as in ghcr.io/you")
	}
	return r, nil
}

// ParseAll reads several, and refuses one that is named twice.
func ParseAll(texts []string, insecure ...string) ([]Registry, error) {
	var out []Registry
	for _, t := range texts {
		r, err := Parse(t, insecure...)
		if err != nil {
			return nil, err
		}
		for _, other := range out {
			if other.host.RegistryStr() == r.host.RegistryStr() && other.path == r.path {
				return nil, fault.New(fault.Usage, "registry %q is named twice", t)
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// String gives the registry as it was written.
func (r Registry) String() string { return r.text }

// Loopback says that the registry is on this machine.
func (r Registry) Loopback() bool { return r.loopback }

// Name is the full name of an image there: "ghcr.io/owner/mastodon".
func (r Registry) Name(image string) string { return r.text + "/" + image }

func (r Registry) hub() bool  { return r.host.RegistryStr() == name.DefaultRegistry }
func (r Registry) ghcr() bool { return r.host.RegistryStr() == "ghcr.io" }

// repository is where an image lies.
func (r Registry) repository(image string) (name.Repository, error) {
	if !address.IsPart(image) || len(image) > 60 {
		return name.Repository{}, fault.New(fault.Usage, "image name %q is not allowed in a registry", image)
	}
	path := image
	if r.path != "" {
		path = r.path + "/" + image
	}
	return r.host.Repo(path), nil
}

// CheckTag refuses what cannot be a tag.
func CheckTag(tag string) error {
	if !address.IsTag(tag) {
		return fault.New(fault.Usage, "%q cannot be a tag: letters, digits, \"_\", \".\" and \"-\", at most 128, the first "+
			"no \".\" or \"-\"", tag)
	}
	return nil
}

func withoutPort(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}
