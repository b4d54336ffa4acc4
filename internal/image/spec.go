// Package image builds a container image with BuildKit. From a Spec (a git tree as the context, a Dockerfile,
// arguments, bases) it makes an OCI layout on disk, whose index has one manifest for each platform.
package image

import (
	"maps"
	"slices"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/tree"
)

// Spec is an image to build. What decides the image's content is in its Inputs. Credentials, Secrets, CA, Proxy and
// Mounts are not: they may affect how bytes are downloaded, never which.
type Spec struct {
	Name       string // "mastodon"; also the role in the inputs if Role is empty
	Role       string // "web", "streaming"
	Context    *tree.Tree
	Dockerfile frontend.Dockerfile
	Target     string            // the stage to build; "": the last one
	Args       map[string]string // build arguments, each declared by the Dockerfile; one of them is PACKAGES, a day
	// by name as Docker writes it ("ruby:3.4-slim-bookworm"): the folder of an OCI layout, another folder, or
	// NAME@sha256:…
	Bases     map[string]string
	Platforms []string // at least one: "linux/amd64"
	Frontends []string // `# syntax=` references that are allowed, each with a digest; nil: only the built-in frontend

	Credentials authn.Keychain // for pulling bases; nil: anonymous

	Secrets map[string][]byte // by id, for RUN --mount=type=secret: never in a layer, nor in the cache's key
	CA      []byte            // certificates in PEM, passed to the build as the secret "ca"
	Proxy   map[string]string // HTTP_PROXY and the like, which leave no trace in the image
	// by stage: the folder that replaces it, for RUN --mount=type=bind,from=NAME; a mirror on this disk
	Mounts   map[string]string
	Cache    Cache  // of steps, for other builders
	NoCache  bool   // build every step again
	Compress string // how layers are compressed: "zstd" or "gzip"; "": gzip
	Raw      bool   // leave layers uncompressed: faster, for a base that is not published
}

const (
	gzipLayers = "gzip"
	Zstd       = "zstd"
	none       = "" // layers stay as BuildKit wrote them
)

// compression returns how the layers are written.
func (s Spec) compression() string {
	switch {
	case s.Raw:
		return none
	case s.Compress == "":
		return gzipLayers
	}
	return s.Compress
}

// SecretCA is the id of the secret with Spec.CA.
const SecretCA = "ca"

// Epoch is the SOURCE_DATE_EPOCH of all builds, 2001-09-09T01:46:40Z. It is a constant older than any file that a
// build writes, so every time is set to it; with a date that changes, an unchanged layer would get a new digest.
const Epoch = "1000000000"

// exporter has the options by which BuildKit writes layers. It decides their digests, so it is part of the inputs.
// BuildKit would compress each layer twice, before and after it rewrites the times, so we compress instead. We also
// compress a base's layers again: from a build cache they come in another form than from the base, and a node would
// pull them again.
var exporter = map[string]string{
	"tar":               "false",
	"oci-mediatypes":    "true",
	"compression":       "uncompressed",
	"force-compression": "true",
	"rewrite-timestamp": "true",
}

// secrets returns everything that the build may mount.
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
