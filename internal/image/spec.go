// Package image builds a container image with BuildKit: a Spec (a git tree as the context, a Dockerfile, arguments,
// bases) goes in, an OCI layout on disk whose index has one manifest a platform comes out.
package image

import (
	"maps"
	"slices"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/tree"
)

// Spec is one image to build. What decides the image's content is in its Inputs; Credentials, Secrets, CA, Proxy and
// Mounts are not: they may change how bytes are reached, never which.
type Spec struct {
	Name       string // "mastodon"; also the role in the inputs, where Role is empty
	Role       string // "web", "streaming"
	Context    *tree.Tree
	Dockerfile frontend.Dockerfile
	Target     string            // the stage to build; the last one if empty
	Args       map[string]string // build arguments, each declared by the Dockerfile; PACKAGES, a day, among them
	// familiar name ("ruby:3.4-slim-bookworm") → an OCI layout's folder, another folder, or NAME@sha256:…
	Bases     map[string]string
	Platforms []string // "linux/amd64"; one or more
	Frontends []string // `# syntax=` references that are allowed, each with a digest; none: the built-in frontend only

	Credentials authn.Keychain // for pulling bases; nil is anonymous

	Secrets map[string][]byte // by id, for RUN --mount=type=secret: never in a layer, nor in the cache's key
	CA      []byte            // certificates in PEM, given to the build as the secret "ca"
	Proxy   map[string]string // HTTP_PROXY and its like, which leave no trace in the image
	// a stage's name → the folder that takes its place, for RUN --mount=type=bind,from=NAME; a mirror on this disk
	Mounts   map[string]string
	Cache    Cache  // where other builders' steps are read from, and these go
	NoCache  bool   // build every step anew
	Compress string // Zstd or Gzip: how layers are compressed; "" is Gzip
	Raw      bool   // leave layers uncompressed: quicker, for a base that is not published
}

// The compressions of layers.
const (
	gzipLayers = "gzip"
	Zstd       = "zstd"
	none       = "" // layers stay as BuildKit wrote them
)

// compression is how the layers are written.
func (s Spec) compression() string {
	switch {
	case s.Raw:
		return none
	case s.Compress == "":
		return gzipLayers
	}
	return s.Compress
}

// SecretCA is the id of the secret that holds Spec.CA.
const SecretCA = "ca"

// Epoch is the constant SOURCE_DATE_EPOCH of all builds, 2001-09-09T01:46:40Z. It is older than any file that a
// build makes, so every time is clamped to it; with a date that moves, an unchanged layer would get a new digest.
const Epoch = "1000000000"

// exporter is how layers are written; it decides their digests, so it is part of the inputs. BuildKit would compress
// each layer twice, before and after it rewrites the times, so it leaves that to us. A base's own layers are compressed
// anew too: from a build cache they come otherwise than from the base, and a node would pull them again.
var exporter = map[string]string{
	"tar":               "false",
	"oci-mediatypes":    "true",
	"compression":       "uncompressed",
	"force-compression": "true",
	"rewrite-timestamp": "true",
}

// secrets are all that the build may mount.
func (s Spec) secrets() map[string][]byte {
	all := maps.Clone(s.Secrets)
	if all == nil {
		all = map[string][]byte{}
	}
	if len(s.CA) > 0 {
		all[SecretCA] = s.CA
	}
	return all
}

func (s Spec) platforms() []string {
	out := slices.Clone(s.Platforms)
	slices.Sort(out)
	return slices.Compact(out)
}

func (s Spec) role() string {
	if s.Role != "" {
		return s.Role
	}
	return s.Name
}
